{#- SELinux's mode, configured and running. -#}
{%- set wanted = pillar['muster']['components']['selinux'] %}
include:
  - muster.preflight

SELinux has its mode:
  muster_selinux.managed:
    - mode: {{ wanted.mode | json }}
    - require:
      - sls: muster.preflight
