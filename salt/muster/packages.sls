{#- The packages that the platform asks for, under this release's names. -#}
{%- set wanted = salt['muster.packages']() %}
include:
  - muster.preflight

The packages of the platform are installed:
{%- if wanted.problem %}
  test.fail_without_changes:
    - comment: {{ wanted.problem | json }}
{%- else %}
  pkg.installed:
    - pkgs: {{ wanted.names | json }}
{%- endif %}
    - require:
      - sls: muster.preflight
