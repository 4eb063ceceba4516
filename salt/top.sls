base:
  '*':
    - muster
