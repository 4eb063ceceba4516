{#- Judge every requirement of the plan, after all components, whatever became of them. -#}
include:
  - muster.preflight

{%- if not salt['muster.problems']() %}

The node passes muster:
  muster.verified:
    - order: last
    - require:
      - sls: muster.preflight
{%- endif %}
