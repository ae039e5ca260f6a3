/** Well-known programs by what they are for; the first that matches counts. */
const categories: readonly (readonly [name: string, programs: RegExp])[] = [
  ['throughline', /^throughline/],
  [
    'monitoring',
    /^(?:netdata|apps\.plugin|go\.d\.plugin|prometheus|grafana|node_exporter|telegraf|collectd|zabbix\w*|datadog\w*|otelcol\w*)/,
  ],
  ['database', /^(?:postgres|mysqld|mariadbd?|mongod|redis\S*|valkey\S*|memcached|clickhouse\S*|influxd|etcd|cassandra|sqlservr)/],
  ['web', /^(?:nginx|apache2|httpd|caddy|haproxy|traefik|envoy|lighttpd|varnishd|php-fpm\S*|uwsgi|gunicorn)/],
  ['mail', /^(?:master|qmgr|pickup|smtpd|dovecot|exim4?|opendkim|rspamd)$/],
  ['containers', /^(?:dockerd|docker-\w+|containerd\S*|runc|crun|podman|conmon|kubelet|kube-\w+|k3s\S*|crio|lxc\S*|lxd)/],
  ['virtual machines', /^(?:qemu\S*|libvirtd|virt\S*|firecracker|VBox\S*|kvm)/],
  ['remote access', /^(?:sshd\S*|ssh-agent|telnetd|xrdp|openvpn|wireguard\S*|tailscaled|charon)/],
  ['logs', /^(?:systemd-journal\S*|rsyslogd|syslog-ng|logrotate|fluent\S*|vector|filebeat|promtail|journalctl)$/],
  ['time and names', /^(?:chronyd|ntpd|systemd-timesyn\S*|systemd-resolve\S*|named|dnsmasq|unbound)$/],
  ['jobs', /^(?:cron|crond|anacron|atd)$/],
  ['packages', /^(?:apt\S*|dpkg\S*|dnf|yum|rpm|pacman|unattended-upgr|snapd|flatpak\S*)$/],
  ['shells', /^-?(?:bash|sh|dash|zsh|fish|ksh|tmux\S*|screen|sudo|su|login|agetty)$/],
  ['desktop', /^(?:Xorg|Xwayland|gnome\S*|plasma\S*|kwin\S*|gdm\S*|sddm|chrom\S*|firefox\S*|pipewire\S*|pulseaudio)/],
  ['languages', /^(?:java|node|python[\d.]*|ruby[\d.]*|perl|php|beam\.smp|dotnet|deno|bun|MainThread)$/],
  ['system', /^(?:init|systemd\S*|dbus\S*|polkitd|udisksd|accounts-daemon|udevd|acpid|irqbalance)$/],
]

/** The kernel's own threads all descend from this one. */
const kernelThreads = 2

/** What a process is for, as far as its name tells; `kernel` for kernel threads, `other` for what nobody knows. */
export function categoryOf({ pid, ppid, name }: { readonly pid: number; readonly ppid: number; readonly name: string }): string {
  if (pid === kernelThreads || ppid === kernelThreads) return 'kernel'
  return categories.find(([, programs]) => programs.test(name))?.[0] ?? 'other'
}
