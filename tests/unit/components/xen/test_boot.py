"""The boot loader's files get two options and keep all others, in order."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.xen import boot, options
from saltext.muster.errors import Refused
from saltext.muster.probes import _grub

DEFAULT, XEN = "/etc/default/grub", "/etc/default/grub.d/xen.cfg"
BOTH = "dom0_mem=1024M,max:1024M dom0_max_vcpus=1"

#: Debian's package for the old GRUB had lines of these kinds.
MENU = """\
# menu.lst - See: grub(8), info grub, update-grub(8)
default\t\t0
### BEGIN AUTOMAGIC KERNELS LIST
## DO NOT UNCOMMENT THEM, Just edit them to your needs
# kopt=root=/dev/sda1 ro
## Xen hypervisor options to use with the default Xen boot option
# xenhopt={hypervisor}
## Xen Linux kernel options to use with the default Xen boot option
# xenkopt={kernel}
## ## End Default Options ##
title\t\tXen 3.2-1-amd64 / Debian GNU/Linux, kernel 2.6.26-2-xen-amd64
kernel\t\t/boot/xen-3.2-1-amd64.gz
module\t\t/boot/vmlinuz-2.6.26-2-xen-amd64 root=/dev/sda1 ro
### END DEBIAN AUTOMAGIC KERNELS LIST
"""


@pytest.mark.parametrize(
    ("hypervisor", "kernel", "wanted"),
    [
        ("", "", ("dom0_mem=1024M", "nosmp")),
        ("", "console=tty0", ("dom0_mem=1024M", "console=tty0 nosmp")),
        ("com1 dom0_mem=512M vga", "nosmp quiet", ("com1 dom0_mem=1024M vga", "nosmp quiet")),
        ("dom0_mem=1G", "nosmpt", ("dom0_mem=1G", "nosmpt nosmp")),
        ("dom0_max_vcpus=1", "", ("dom0_max_vcpus=1 dom0_mem=1024M", "")),
    ],
)  # fmt: skip
def test_menu_lst(hypervisor, kernel, wanted):
    text = MENU.format(hypervisor=hypervisor, kernel=kernel)
    new = boot.menu(text, "1024M", 1)
    assert new == MENU.format(hypervisor=wanted[0], kernel=wanted[1])
    assert boot.menu(new, "1024M", 1) == new


def test_menu_lst_of_two_processors_has_no_nosmp():
    text = MENU.format(hypervisor="", kernel="console=tty0 nosmp quiet")
    new = MENU.format(hypervisor="dom0_max_vcpus=2", kernel="console=tty0 quiet")
    assert boot.menu(text, "", 2) == new


@pytest.mark.parametrize("end", ["## ## End Default Options ##\n", ""])
def test_menu_lst_without_the_lines(end):
    new = boot.menu(f"default 0\n{end}title x\n", "1024M", 1)
    lines = "# xenhopt=dom0_mem=1024M\n# xenkopt=nosmp\n"
    assert new == (f"default 0\n{lines}{end}title x\n" if end else f"default 0\ntitle x\n{lines}")


def test_nothing_is_asked_of_menu_lst():
    assert boot.menu(MENU, "", 0) == MENU


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('#GRUB_CMDLINE_XEN=""\n', f'#GRUB_CMDLINE_XEN=""\nGRUB_CMDLINE_XEN="{BOTH}"\n'),
        ("A=1", f'A=1\nGRUB_CMDLINE_XEN="{BOTH}"\n'),
        ('GRUB_CMDLINE_XEN=""\n', f'GRUB_CMDLINE_XEN="{BOTH}"\n'),
        ("GRUB_CMDLINE_XEN=\n", f'GRUB_CMDLINE_XEN="{BOTH}"\n'),
        ("GRUB_CMDLINE_XEN=vga\n", f'GRUB_CMDLINE_XEN="vga {BOTH}"\n'),
        ("GRUB_CMDLINE_XEN='a b' # x\n", f"GRUB_CMDLINE_XEN='a b {BOTH}' # x\n"),
        ('GRUB_CMDLINE_XEN="a"\'b\'\n',
         'GRUB_CMDLINE_XEN="a"\'b\'" dom0_mem=1024M,max:1024M"" dom0_max_vcpus=1"\n'),
        ('GRUB_CMDLINE_XEN="a dom0_mem=4G,max:4G z"\n',
         'GRUB_CMDLINE_XEN="a dom0_mem=1024M,max:1024M z dom0_max_vcpus=1"\n'),
        ('GRUB_CMDLINE_XEN="dom0_max_vcpus=1-4 dom0_mem=1G"\n',
         'GRUB_CMDLINE_XEN="dom0_max_vcpus=1 dom0_mem=1G"\n'),
        ('GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=512M"\nexport GRUB_CMDLINE_XEN="vga"\n',
         'GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=1024M,max:1024M"\n'
         'export GRUB_CMDLINE_XEN="vga dom0_max_vcpus=1"\n'),
        ('GRUB_CMDLINE_XEN="a"\nGRUB_CMDLINE_XEN="$GRUB_CMDLINE_XEN dom0_mem=2G"\n',
         'GRUB_CMDLINE_XEN="a"\n'
         'GRUB_CMDLINE_XEN="$GRUB_CMDLINE_XEN dom0_mem=1024M,max:1024M dom0_max_vcpus=1"\n'),
        ('GRUB_CMDLINE_LINUX="nosmp"\nGRUB_CMDLINE_XEN="dom0_mem=1024M"\n',
         'GRUB_CMDLINE_LINUX="nosmp"\nGRUB_CMDLINE_XEN="dom0_mem=1024M"\n'),
    ],
)  # fmt: skip
def test_grub_2(line, wanted):
    texts = {DEFAULT: "GRUB_TIMEOUT=5\n", XEN: line}
    new = {**texts, **boot.defaults(texts, "1024M", 1)}
    assert new == {DEFAULT: "GRUB_TIMEOUT=5\n", XEN: wanted}
    assert boot.defaults(new, "1024M", 1) == {}


def test_an_option_in_another_file_is_set_there():
    texts = {DEFAULT: 'GRUB_CMDLINE_XEN="dom0_mem=2G"\n', XEN: "# none\n"}
    new = boot.defaults(texts, "1024M", 0)
    assert new == {DEFAULT: 'GRUB_CMDLINE_XEN="dom0_mem=1024M,max:1024M"\n'}


def test_without_debian_s_file_it_goes_into_the_main_one():
    assert boot.defaults({}, "512M", 0) == {DEFAULT: 'GRUB_CMDLINE_XEN="dom0_mem=512M,max:512M"\n'}


@pytest.mark.parametrize(
    "text",
    [
        'GRUB_CMDLINE_XEN="$(cat /etc/xenmem)"\n',
        'A="dom0_mem=2G"\nGRUB_CMDLINE_XEN_DEFAULT="$A"\nGRUB_CMDLINE_XEN=""\n',
    ],
)
def test_what_only_a_shell_tells_is_refused(text):
    with pytest.raises(Refused, match="by hand"):
        boot.defaults({DEFAULT: text}, "1024M", 0)


OTHERS = st.sampled_from(
    ["com1=115200,8n1", "console=com1,vga", "loglvl=all", "xpti=dom0=false", "dom0_memory=1", "x"]
)
OURS = st.sampled_from(["", "dom0_mem=4G,max:4G", "dom0_mem=1G", "dom0_max_vcpus=2", BOTH])
QUOTES = st.sampled_from(['"', "'"])


@given(st.lists(OTHERS), OURS, st.lists(OTHERS), QUOTES, st.sampled_from(["", "_DEFAULT"]))
def test_a_shell_reads_the_others_in_their_order(before, ours, after, quote, suffix):
    words = [*before, *ours.split(), *after]
    text = f"GRUB_CMDLINE_XEN{suffix}={quote}{' '.join(words)}{quote}\n"
    new = boot.defaults({DEFAULT: text}, "1024M", 1).get(DEFAULT, text)
    ((name, _, value),) = (word.partition("=") for word in shlex.split(new))
    assert name == f"GRUB_CMDLINE_XEN{suffix}"
    given_ = value.split(" ") if value else []
    left = [word for word in given_ if word.partition("=")[0] not in (options.MEMORY, options.CPUS)]
    assert left == before + after
    assert options.memory(given_) == 1 << 30
    assert options.cpus({"hypervisor": given_, "kernel": []}) == 1
    assert _grub.variables(new)[f"GRUB_CMDLINE_XEN{suffix}"] == " ".join(given_)
