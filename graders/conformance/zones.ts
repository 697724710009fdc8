/** Family zones and watermarks: what each zone keeps back, in snapshots of a machine whose memory grew. */
import { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { type Disagreement, type Outcome, playSteps } from './recording.ts';

/** The zones that the kernel here has, in order. */
const ZONES: readonly string[] = ['DMA', 'DMA32', 'Normal', 'Movable'];

const Zone = z.object({
  zone: z.string(),
  min: z.number(),
  low: z.number(),
  high: z.number(),
  promo: z.number(),
  managed: z.number(),
  protection: z.array(z.number()),
});
type Zone = z.infer<typeof Zone>;
const Numeral = z.string().regex(/^\d+$/).transform(Number);
const Snapshots = z.object({
  inputs: z.object({
    min_free_kbytes: Numeral,
    watermark_scale_factor: Numeral,
    lowmem_reserve_ratio: z.string().transform((text) => text.trim().split(/\s+/).map(Number)),
  }),
  snapshots: z.array(z.object({ uptime: z.number(), zones: z.array(Zone) })),
});

export function replayZones(kernel: Kernel, content: unknown): Outcome {
  const { inputs, snapshots } = Snapshots.parse(content);
  const { setupPerZoneWmarks, setupPerZoneLowmemReserve } = kernel['mm/watermark'];
  const play = (uptime: number, zones: readonly Zone[]): Disagreement | null => {
    const recorded = zones.filter(({ zone }) => ZONES.includes(zone));
    const managed = recorded.map((zone) => zone.managed);
    const marks = setupPerZoneWmarks(managed, inputs.min_free_kbytes, inputs.watermark_scale_factor);
    const reserves = setupPerZoneLowmemReserve(managed, inputs.lowmem_reserve_ratio);
    const ours = recorded.map(({ zone }, i) => ({ zone, ...marks[i], protection: reserves[i] ?? [] }));
    const [expected, got] = [told(recorded), told(ours)];
    const op = `managed ${managed.join(' ')}`;
    return expected === got ? null : { place: `snapshot at ${uptime} s`, op, expected, got };
  };
  return playSteps(
    snapshots.map(
      ({ uptime, zones }) =>
        () =>
          play(uptime, zones),
    ),
  );
}

function told(zones: readonly Partial<Zone>[]): string {
  return zones
    .map(({ zone, min, low, high, promo, protection = [] }) => {
      const reserve = protection.slice(0, ZONES.length).join(' ');
      return `${zone} min ${min} low ${low} high ${high} promo ${promo} protection ${reserve}`;
    })
    .join('\n');
}
