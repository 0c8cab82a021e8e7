# Sourced by the scripts beside it: brings up what the product needs on this machine (system packages, Python
# packages, fonts, compiled translations) and exports the environment that Python is started with. It looks at
# what is there before it acts, so a second call costs a few tenths of a second. Only when root does it touch the
# system; otherwise it names in one message what to install. It prints nothing when there is nothing to do.
# shellcheck shell=bash

CALLED_FROM=$PWD
ROOT=$(cd -P -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
PYTHON=$ROOT/.venv/bin/python
# shellcheck source=bin/_fonts.sh
source "$ROOT/bin/_fonts.sh"

# The kind is "product" or "tests"; the tests also need what requirements-dev.txt pins, PostgreSQL and Chromium.
set_up() {
    local kind=$1 lock
    enter_root
    exec {lock}>var/set-up.lock
    flock "$lock"
    bring_system_packages "$kind"
    bring_python_packages "$kind"
    bring_fonts
    compile_translations
    exec {lock}>&-
    export_environment
}

enter_root() {
    [[ -z ${GONGDAO_VAR:-} ]] || GONGDAO_VAR=$(realpath -m -- "$GONGDAO_VAR")
    cd -- "$ROOT" || exit
    mkdir -p var
    unset PYTHONPATH PYTHONHOME
}

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

fail_with_log() {
    tail -n 20 var/set-up.log >&2 || true
    fail "$1 The whole output is in $ROOT/var/set-up.log."
}

is_root() { [[ $(id -u) == 0 ]]; }

# --- system packages

bring_system_packages() {
    local kind=$1 wanted nice=
    wanted=$(missing_packages)
    [[ $kind == product ]] || nice=$(missing_test_packages)
    [[ -n $wanted$nice ]] || return 0
    if is_root && command -v apt-get >/dev/null; then
        # shellcheck disable=SC2086 # a list of words
        [[ -z $wanted ]] || install_packages $wanted || fail_with_log "apt could not install: $(one_line "$wanted")."
        # shellcheck disable=SC2086
        [[ -z $nice ]] || install_packages $nice ||
            say "Could not be installed, so some tests will be skipped: $(one_line "$nice")"
        [[ -z $(missing_packages) ]] || fail "Still missing after installing: $(one_line "$(missing_packages)")"
    elif [[ -n $wanted ]]; then
        name_the_command "$(one_line "$wanted $nice")"
    fi
}

missing_packages() {
    local libraries
    missing_python
    libraries=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null || true)
    [[ $libraries == *libpango-1.0.so.0* ]] || echo libpango-1.0-0
    [[ $libraries == *libpangoft2-1.0.so.0* ]] || echo libpangoft2-1.0-0
    # Without it a letter takes twenty seconds instead of a third of one, and only a warning in the log says so.
    [[ $libraries == *libharfbuzz-subset.so.0* ]] || echo libharfbuzz-subset0
    [[ -n $(directory_of_font NotoSerifCJK-Regular.ttc) ]] || echo fonts-noto-cjk
    command -v dot >/dev/null || echo graphviz
}

missing_test_packages() {
    [[ -n ${GONGDAO_TEST_POSTGRES_URL:-} ]] || has_throw_away_postgres || echo postgresql postgresql-common
    [[ -n $(chromium_program) ]] || echo chromium
}

has_throw_away_postgres() {
    command -v pg_virtualenv >/dev/null && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

chromium_program() { command -v "${GONGDAO_TEST_CHROMIUM:-chromium}" || command -v chromium-browser || true; }

install_packages() {
    say "Installing with apt, this once: $(one_line "$*")"
    {
        # One unreachable archive must not stop the others; whether the packages can be had is seen next.
        apt-get update -qq || true
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
    } >var/set-up.log 2>&1 </dev/null
}

name_the_command() {
    command -v apt-get >/dev/null ||
        fail "Gongdao needs what Debian calls $1. Install these with this system's own means, then call again."
    say "Gongdao needs packages that this machine does not have. Install them, then call again:"
    fail "    sudo apt-get update && sudo apt-get install --no-install-recommends $1"
}

one_line() { local words; read -ra words <<<"${1//$'\n'/ }"; echo "${words[*]}"; }

# --- Python

missing_python() {
    local python
    ! venv_runs || return 0
    python=$(suitable_python)
    if [[ -z $python ]]; then
        echo python3 python3-venv
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

suitable_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

venv_runs() { [[ -r .venv/root && $(<.venv/root) == "$ROOT" ]] && "$PYTHON" -c '' 2>/dev/null; }

bring_python_packages() {
    local kind=$1 locks=(requirements.txt)
    [[ $kind == product ]] || locks=(requirements-dev.txt requirements.txt)
    venv_runs || make_venv
    if [[ ! -r .venv/${locks[0]} ]] || ! cmp -s "${locks[0]}" ".venv/${locks[0]}"; then
        say "Installing Python packages into .venv, this once (about half a minute)"
        install_lock "${locks[0]}"
        # The lock of the tests holds the product's as well.
        cp "${locks[@]}" .venv/
    fi
}

make_venv() {
    local python
    python=$(suitable_python)
    [[ -n $python ]] || fail "Gongdao needs Python 3.11 or newer, and this machine has none."
    "$python" -m venv --clear .venv >var/set-up.log 2>&1 ||
        fail_with_log "The Python environment .venv could not be made."
    printf '%s\n' "$ROOT" >.venv/root
}

install_lock() {
    local quietly=(--quiet --no-input --disable-pip-version-check)
    "$PYTHON" -m pip install "${quietly[@]}" --only-binary :all: --require-hashes -r "$1" \
        >var/set-up.log 2>&1 </dev/null || fail_with_log "The Python packages of $1 could not be installed."
}

# --- translations and environment

compile_translations() {
    local source
    for source in translations/*/LC_MESSAGES/messages.po; do
        [[ -e $source && ! ${source%.po}.mo -nt $source ]] || continue
        "$PYTHON" -m babel.messages.frontend --quiet compile -d translations >var/set-up.log 2>&1 ||
            fail_with_log "The translations could not be compiled."
        return
    done
}

export_environment() {
    export PYTHONUTF8=1 FONTCONFIG_FILE=$FONTS/fonts.conf
    [[ -z ${GONGDAO_VAR:-} ]] || export GONGDAO_VAR
}

# A file is named as the caller sees it, and the product runs in its own folder.
resolve_files() {
    local argument
    ARGUMENTS=()
    for argument in "$@"; do
        [[ ! -f $CALLED_FROM/$argument ]] || argument=$CALLED_FROM/$argument
        ARGUMENTS+=("$argument")
    done
}
