# Sourced by run and test: `prepare EXTRAS` sees to it that .venv holds chainrule as it is today.
# The caller has set $root, the project's folder.

# prepare EXTRAS: install when the record of the last installation is not what it would be now.
prepare() {
    wanted=$(printf '%s\n' "$root" && cat "$root/pyproject.toml") || exit 1
    installed=$(cat "$root/.venv/installed-$1" 2>/dev/null)
    if [ "$installed" = "$wanted" ] && [ ! -e "$root/.venv/installing" ] &&
        [ -x "$root/.venv/bin/python" ]; then
        return
    fi
    find_python || exit 1
    "$python" -I "$root/tools/environment.py" "$root" "$1" "$wanted" || exit 1
}

# find_python: set $python to one that can make the environment, or say why there is none.
find_python() {
    complaints=""
    for python in python3.13 python3.12 python3.11 python3; do
        # Ask it, do not just look for it: a version manager's shim may have no Python behind it.
        complaint=$("$python" -I -c "$probe" 2>/dev/null) || continue
        [ -z "$complaint" ] && return
        complaints="$complaints
  $python $complaint"
    done
    cat >&2 <<MESSAGE
chainrule needs Python 3.11 or newer with its venv module. Found here:${complaints:-
  no python3 that starts}
Install one with your system's packages or from python.org, then start again.
MESSAGE
    return 1
}

# Prints what is the matter with the Python that runs it; nothing if it will do.
probe='
import sys
version = "%d.%d" % sys.version_info[:2]
try:
    import ensurepip, venv
except ImportError:
    print("has no venv module (on Debian and Ubuntu: apt install python%s-venv)" % version)
else:
    if sys.version_info < (3, 11):
        print("is Python %s, too old" % version)
'
