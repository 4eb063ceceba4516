{#- Stop before anything is touched when there is no sound plan, or when something is wrong
    that no component of this node's plan remedies. -#}
muster has a plan for this node:
  muster.planned

{%- if not salt['muster.problems']() %}

The node meets what no component remedies:
  muster.preflight:
    - require:
      - muster: muster has a plan for this node
{%- endif %}
