/** Random sequences of requests and returns, played on a zone of the subject. */
import fc from 'fast-check';
import { subject } from '../../../graders/suite/index.ts';
import type * as Mmzone from '../../../starter/mm/mmzone.ts';
import { type Block, type Picture, pictureOf, type Scene, wrongAnswer } from './picture.ts';
import { construction, type ZoneShape } from './zones.ts';

const mmzone = subject<typeof Mmzone>('mm/mmzone');

/** Ask for a block of that order, or give back one in use: the pick-th of them, counted round. */
export type Step = { readonly kind: 'take'; readonly order: number } | { readonly kind: 'back'; readonly pick: number };

const orders = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(10) });

export const takes: fc.Arbitrary<Step> = orders.map((order) => ({ kind: 'take', order }));
export const backs: fc.Arbitrary<Step> = fc.nat(30).map((pick) => ({ kind: 'back', pick }));

/** One step done: what was done, and the pictures around it. */
export interface Done {
  readonly scene: Scene;
  readonly before: Picture;
  readonly after: Picture;
  readonly took: { readonly order: number; readonly pfn: number | null } | null;
  readonly gaveBack: Block | null;
}

/** A zone in play, and the blocks of it that are in use. */
export class Play {
  readonly zone: Mmzone.Zone;
  readonly inUse: Block[] = [];
  readonly steps: string[];
  private readonly shape: ZoneShape;
  private picture: Picture;

  constructor(shape: ZoneShape) {
    this.shape = shape;
    this.zone = new mmzone.Zone('Normal', shape.startPfn, shape.spannedPages, shape.holes);
    this.steps = [construction(shape)];
    this.picture = pictureOf(this.zone);
  }

  /** @returns null when there was nothing to give back */
  step(step: Step): Done | null {
    if (step.kind === 'take') return this.take(step.order);
    if (this.inUse.length === 0) return null;
    return this.giveBack(step.pick % this.inUse.length);
  }

  take(order: number): Done {
    const scene = this.scene();
    const pfn = this.zone.rmqueue(order);
    this.steps.push(`rmqueue(${order}) = ${pfn}`);
    // That "no block" is null is for the criterion of rmqueue to say; here undefined means the same.
    if (pfn !== null && pfn !== undefined) {
      const overlaps = this.inUse.some((used) => used.pfn < pfn + 2 ** order && pfn < used.pfn + 2 ** used.order);
      if (!Number.isInteger(pfn) || overlaps) {
        wrongAnswer({ ...scene, steps: this.steps }, this.picture, 'frames that are not in use', String(pfn));
      }
      this.inUse.push({ pfn, order });
    }
    return this.done(scene, { order, pfn }, null);
  }

  giveBack(index: number): Done {
    const [block] = this.inUse.splice(index, 1);
    const scene = this.scene();
    this.zone.freeOnePage(block.pfn, block.order);
    this.steps.push(`freeOnePage(${block.pfn}, ${block.order})`);
    return this.done(scene, null, block);
  }

  private done(scene: Scene, took: Done['took'], gaveBack: Done['gaveBack']): Done {
    const before = this.picture;
    this.picture = pictureOf(this.zone);
    return { scene: { ...scene, steps: [...this.steps] }, before, after: this.picture, took, gaveBack };
  }

  private scene(): Scene {
    const { startPfn, spannedPages } = this.shape;
    return { from: startPfn, to: startPfn + spannedPages, steps: this.steps, inUse: [...this.inUse] };
  }
}
