# Sourced by run.sh and by tests of tests/deploy: where mmdebstrap gets a Debian from.
# shellcheck shell=bash

# Suite → lines for sources.list: the machine's own, with the suite's name where its own stands.
debian_sources() {
    local suite=$1 own
    own=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # shellcheck disable=SC2016  # apt's variables
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        sed -nE "s/^(deb [^ ]+ )$own((-updates|-security)? .*)/\1$suite\2/p" | sort -u
}

# mmdebstrap's options for the proxy by which this machine reaches them, a line each.
proxy_options() {
    local setting value
    for setting in Acquire::http::Proxy Acquire::https::Proxy; do
        eval "$(apt-config shell value "$setting")"
        [ -z "${value:-}" ] || printf '%s\n' "--aptopt=$setting \"$value\""
        value=""
    done
}
