/**
 * Words that metadata items repeat, as a preset dictionary of deflate: a small item then costs one write unit where its plain
 * JSON would cost three. Items are read back with exactly this text, so it may only change together with the attribute's name.
 * What occurs most stands last.
 */
export const jsonDictionary = Buffer.from(
  [
    '"_system_cpu_model":"Intel(R) Xeon(R) Processor @ 2.50GHz","_system_cpu_model":"AMD EPYC Processor","_net_default_iface_ip":"192.168.',
    '"_net_default_iface_detection":"procfs","_net_default_iface":"eth0","_virt_detection":"systemd-detect-virt"',
    '"_container_detection":"systemd-detect-virt","_hw_product_type":"unknown","_hw_product_name":"unknown","_hw_sys_vendor":"unknown"',
    '"_cloud_provider_type":"unknown","_cloud_instance_type":"unknown","_cloud_instance_region":"unknown","_timezone":"Etc/UTC"',
    '"_abbrev_timezone":"UTC","_aclk_proxy":"none","_aclk_available":"true","_aclk_ng_new_cloud_protocol":"true","_mqtt_version":"5"',
    '"_has_unstable_connection":"false","_is_k8s_node":"false","_is_ephemeral":"false","_is_parent":"false","_install_type":"',
    '"_prebuilt_dist":"","_os_name":"Debian GNU/Linux","_os_name":"Ubuntu","_os_version":"12 (bookworm)","_kernel_version":"6.',
    '"_system_cpu_freq":"2500000000","_system_ram_total":"","_system_disk_space":"","_system_cores":"2","_architecture":"x86_64"',
    '"_virtualization":"kvm","_container":"docker","_hostname":"","_os":"linux","_host_os_prefix":""',
    '"/proc/net/stat/nf_conntrack","/proc/net/stat/synproxy","/proc/net/softnet_stat","/proc/net/sockstat6","/proc/net/sockstat"',
    '"/proc/net/netstat","/proc/net/dev","/proc/sys/kernel/random/entropy_avail","/proc/sys/fs/file-nr","/run/reboot_required"',
    '"/proc/diskstats","/proc/interrupts","/proc/softirqs","/proc/pressure","/proc/vmstat","/proc/meminfo","/proc/loadavg","/proc/uptime"',
    '"/proc/stat","/sys/block/zram","ipc","diskspace.plugin","cgroups.plugin","apps.plugin","go.d.plugin","netdata","pulse","stats","proc.plugin"',
    '["req_cancel",1,1],["http_api_v2",7,1],["health",2,1],["dyncfg",2,1],["json",2,0],["funcs",1,1],["ctx",1,1],["mc",1,1],["ml",0,0],["proto",1,1]',
    '"osName":"Debian GNU/Linux","osVersion":"12 (bookworm)","kernelName":"Linux","kernelVersion":"6.1.0-","architecture":"x86_64","cpus":2',
    '"cpuFrequencyHz":"2500000000","memoryBytes":"","diskSpaceBytes":"","agentVersion":"v2.","releaseChannel":"stable","timezone":"UTC"',
    '"virtualization":"kvm","container":"none","isChild":false,"labels":{"_',
    '"collectors":[["","',
  ]
    .concat([
      '"status":"critical","status":"warning","status":"clear","oldStatus":"',
      '"expiresAtMs":18000000',
      '"usesLeft":1,"uses":1,"reserved":[{"claimId":"',
      '-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA',
      'QIDAQAB\\n-----END PUBLIC KEY-----\\n","roomIds":["',
      '"contexts":500,"versionHash":"',
      '"lastSeenAtMs":18000000',
      '"createdAtMs":18000000',
      '"claimedAtMs":18000000',
      '"state":"active"',
      '{"spaceId":"',
      '"nodeId":"',
      '"claimId":"',
      '"claims":["',
      '"instances":[["',
      '"roomIds":["',
      '"info":{"hostname":"',
      '"os":"linux"',
      '{"machineGuid":"',
      '","hostname":"',
    ])
    .join(','),
)
