{#- The packages that the platform asks for, under this release's names. -#}
{%- set wanted = pillar['muster']['components']['packages'] %}
include:
  - muster.preflight

The packages of the platform are installed:
  muster_packages.installed:
    - releases: {{ wanted.names | json }}
    - require:
      - sls: muster.preflight
