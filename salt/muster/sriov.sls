{#- The virtual functions of network cards. -#}
{%- set wanted = pillar['muster']['components']['sriov'] %}
include:
  - muster.preflight

The cards have their virtual functions:
  muster_sriov.made:
    - functions: {{ wanted.functions | json }}
    - require:
      - sls: muster.preflight
