{#- The node's clock follows the plan's sources by chrony, the only time service. -#}
{%- set components = pillar['muster']['components'] %}
{%- set wanted = components['chrony'] %}
include:
  - muster.preflight
{%- if 'packages' in components %}
  - muster.packages
{%- endif %}

chrony follows the sources of the plan:
  muster_chrony.managed:
    - sources: {{ wanted.sources | json }}
    - wait: {{ wanted.wait | json }}
    - require:
      - sls: muster.preflight
{%- if 'packages' in components %}
      - sls: muster.packages
{%- endif %}
