# Sourced by the lab's scripts. LAB_DIR holds everything of one lab (configuration, logs, pids); LAB_CACHE what is worth
# keeping between labs (guest kernel, QEMU's capability probe). Processes are remembered by pid and ended by pid.
set -euo pipefail
: "${LAB_DIR:?set LAB_DIR to a directory of your own, e.g. export LAB_DIR=\$(mktemp -d)}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vm-power-manager-lab}
mkdir -p "$LAB_DIR/pids" "$cache"
chmod 755 "$LAB_DIR"

# remember NAME PID; alive NAME; end NAME [SIGNAL]: the process, its group, and its descendants in sessions of their own
# (sshd gives one to each connection).
remember() { echo "$2" >"$LAB_DIR/pids/$1"; }
pid_of() { cat "$LAB_DIR/pids/$1" 2>/dev/null; }
alive() { local p; p=$(pid_of "$1") && kill -0 "$p" 2>/dev/null; }
end() {
  local p; p=$(pid_of "$1") || return 0
  local below; below=$(descendants "$p")
  # shellcheck disable=SC2086
  kill "-${2:-TERM}" -- "-$p" $below 2>/dev/null || kill "-${2:-TERM}" "$p" 2>/dev/null || true
  until_true 100 gone "$p" || kill -KILL -- "-$p" 2>/dev/null || true
  rm -f "$LAB_DIR/pids/$1"
}
descendants() { local c; for c in $(ps -o pid= --ppid "$1"); do echo "$c"; descendants "$c"; done; }
gone() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

# until_true TENTHS COMMAND...: waits for the command to succeed, in steps of 0.05 s.
until_true() {
  local n=$(($1 * 2)); shift
  while ! "$@" >/dev/null 2>&1; do [ $((n -= 1)) -gt 0 ] || return 1; sleep 0.05; done
}
say() { echo "lab: $*"; }
fail() { echo "lab: $*" >&2; exit 1; }

# A mount namespace in which the lab user, sudo rights, libvirt's folders and the stubs exist: nothing of it is left on the
# machine, and two labs do not meet. in_lab COMMAND... runs inside.
in_lab() { nsenter --mount="/proc/$(pid_of namespace)/ns/mnt" -- "$@"; }
namespace() {
  alive namespace && return 0
  rm -f "$LAB_DIR/namespace.ready"
  LAB_DIR=$LAB_DIR LAB_CACHE=$cache setsid unshare --mount --propagation private bash "$here/namespace" \
    >"$LAB_DIR/namespace.log" 2>&1 </dev/null &
  remember namespace $!
  until_true 100 test -e "$LAB_DIR/namespace.ready" || fail "no mount namespace: $(tail -n 3 "$LAB_DIR/namespace.log")"
}
