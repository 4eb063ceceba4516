{#- The master is told when a storage pool fills. -#}
{%- set wanted = pillar['muster']['components']['pool_watch'] %}
include:
  - muster.preflight

The master is told when a pool fills:
  muster_pool_watch.watched:
    - seconds: {{ wanted.seconds | json }}
    - require:
      - sls: muster.preflight
