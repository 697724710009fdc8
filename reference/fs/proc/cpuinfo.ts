/** The text of /proc/cpuinfo. Linux: arch/x86/kernel/cpu/proc.c. SIMPLIFIED: a CPU of no maker, one core to a package. */

/** What the simulated CPU can do. */
const FLAGS = 'fpu tsc msr pae cx8 pge cmov pat mmx fxsr sse sse2 syscall nx pdpe1gb lm constant_tsc pcid invpcid';

export function cpuinfoShow(cpus: number): string {
  return Array.from({ length: cpus }, (_, cpu) => cpuShow(cpu)).join('');
}

function cpuShow(cpu: number): string {
  const fields: Readonly<Record<string, string | number>> = {
    processor: cpu,
    vendor_id: 'GenuineIntel',
    'cpu family': 6,
    model: 0,
    'model name': 'osgrade virtual CPU',
    stepping: 0,
    microcode: '0x1',
    'cpu MHz': '1000.000',
    'cache size': '0 KB',
    'physical id': cpu,
    siblings: 1,
    'core id': 0,
    'cpu cores': 1,
    apicid: cpu,
    'initial apicid': cpu,
    fpu: 'yes',
    fpu_exception: 'yes',
    'cpuid level': 13,
    wp: 'yes',
    flags: FLAGS,
    bugs: '',
    bogomips: '2000.00',
    clflush_size: 64,
    cache_alignment: 64,
    'address sizes': '52 bits physical, 48 bits virtual',
    'power management': '',
  };
  const lines = Object.entries(fields).map(([name, value]) => {
    const label = name.length < 8 ? `${name}\t\t` : `${name}\t`;
    return `${label}:${value === '' ? '' : ` ${value}`}\n`;
  });
  return `${lines.join('')}\n`;
}
