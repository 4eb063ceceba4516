#!/bin/sh
# Boots a node: root below, its own files above, both in a mount namespace of its own, so that
# nothing is left of them when the node ends.
#   boot.sh WORK ROOT LAYER CGROUPS NETNS NSPAWN-ARGUMENTS...
# WORK: an empty folder; LAYER: the node's own files; CGROUPS: folders to join, with spaces between
set -eu
work=$1 lower=$2 layer=$3 cgroups=$4 netns=$5
shift 5
for group in $cgroups; do
    mkdir -p "$group"
    echo $$ >"$group/cgroup.procs"
done
mount -t tmpfs -o mode=0755 muster-lab "$work"
mkdir "$work/upper" "$work/work" "$work/root"
cp -a "$layer/." "$work/upper/"
mount -t overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" overlay "$work/root"
# A cgroup tree of version 2 for the node also where the host still has both.
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
# The node's own /proc/sys/net is writable, the rest is not.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
while true; do
    status=0
    # Whoever ends this script ends the node.
    setpriv --pdeathsig KILL systemd-nspawn --directory="$work/root" \
        --network-namespace-path="/run/netns/$netns" "$@" || status=$?
    # 133: the node reboots. Its files stay; a machine's links and addresses would not.
    [ "$status" -eq 133 ] || exit "$status"
    for bridge in $(ip -n "$netns" -o link show type bridge | cut -d: -f2); do
        ip -n "$netns" link del "$bridge"
    done
    ip -n "$netns" addr flush dev eth0
    ip -n "$netns" link set eth0 down
done
