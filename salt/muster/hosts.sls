{#- The names of the node and of its cluster in /etc/hosts. -#}
{%- set wanted = pillar['muster']['components']['hosts'] %}
include:
  - muster.preflight

The hosts file names the node and its cluster:
  muster_hosts.managed:
    - address: {{ wanted.address | json }}
    - hostnames: {{ wanted.names | json }}
    - shared: {{ wanted.get('shared') | json }}
    - require:
      - sls: muster.preflight
