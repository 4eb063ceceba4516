{#- libvirt's storage pools: after the packages, and after the network that some are reached by. -#}
{%- set components = pillar['muster']['components'] %}
{%- set before = ['packages', 'hosts', 'network'] | select('in', components) | list %}
include:
  - muster.preflight
{%- for component in before %}
  - muster.{{ component }}
{%- endfor %}

libvirt has the storage pools of the plan:
  muster_pools.managed:
    - wanted: {{ components['pools'].pools | json }}
    - require:
      - sls: muster.preflight
{%- for component in before %}
      - sls: muster.{{ component }}
{%- endfor %}
