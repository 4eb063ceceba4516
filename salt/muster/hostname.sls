{#- The node's name, running and configured. -#}
{%- set wanted = pillar['muster']['components']['hostname'] %}
include:
  - muster.preflight

The node has its name:
  muster_hostname.managed:
    - name: {{ wanted.name | json }}
    - require:
      - sls: muster.preflight
