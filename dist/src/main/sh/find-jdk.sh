# Finds a JDK without starting one. Sourced by ./mayfly and ./verify; POSIX sh, no processes but readlink.

needed=25

is_jdk() { # folder: true when it holds a java of the needed release
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    major=0
    while IFS='=' read -r key value; do
        if [ "$key" = JAVA_VERSION ]; then
            value=${value#\"}
            major=${value%%[!0-9]*}
            break
        fi
    done <"$1/release"
    [ "${major:-0}" -ge "$needed" ]
}

search_jdk() { # a program that it must have; sets jdk to the first that fits of: PATH, the usual folders
    on_path=$(command -v java) || on_path=
    while [ -h "$on_path" ]; do
        link=$(readlink "$on_path")
        case $link in
            /*) on_path=$link ;;
            *) on_path=${on_path%/*}/$link ;;
        esac
    done
    own=${HOME:-/nonexistent}
    for jdk in "${on_path%/bin/java}" \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/*jdk* /usr/local/*jdk* \
        "$own"/.sdkman/candidates/java/* "$own"/.jdks/* "$own"/.asdf/installs/java/* \
        "$own"/.local/share/mise/installs/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "$own"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        if [ -n "$jdk" ] && is_jdk "$jdk" && [ -x "$jdk/bin/$1" ]; then
            return 0
        fi
    done
    jdk=
    return 1
}

find_jdk() { # a program that it must have; sets jdk, first from JAVA_HOME, then $trained if known, then by search
    if [ -n "${JAVA_HOME:-}" ] && is_jdk "$JAVA_HOME" && [ -x "$JAVA_HOME/bin/$1" ]; then
        jdk=$JAVA_HOME
    elif [ -n "${trained:-}" ] && is_jdk "$trained" && [ -x "$trained/bin/$1" ]; then
        jdk=$trained
    else
        search_jdk "$1"
    fi
}

jdk_why="looked at JAVA_HOME (${JAVA_HOME:-not set}), PATH and the usual JVM folders"
jdk_fix="install one, for example from https://adoptium.net or with 'sdk install java 25-tem', and set JAVA_HOME to it"
