/** Family oom: the scores of processes of many sizes and settings. */
import { z } from 'zod';
import type { Kernel } from './kernel.ts';
import { type Disagreement, type Outcome, playSteps } from './recording.ts';

const PAGE = 4096;

const Row = z.object({
  rss_pages: z.number(),
  swap_pages: z.number(),
  pgtables_pages: z.number(),
  oom_score_adj: z.number(),
  oom_score: z.number(),
  oom_adj: z.number(),
  total_ram_pages: z.number(),
  total_swap_pages: z.number(),
});
type Row = z.infer<typeof Row>;
const Scores = z.object({ rows: z.array(Row).min(1) });

export function replayOom(kernel: Kernel, content: unknown): Outcome {
  return playSteps(Scores.parse(content).rows.map((row, i) => () => compare(kernel, row, i)));
}

function compare(kernel: Kernel, row: Row, i: number): Disagreement | null {
  const { oomBadness, oomScore, oomAdj } = kernel['mm/oom_badness'];
  const total = row.total_ram_pages + row.total_swap_pages;
  const holds = {
    rssPages: row.rss_pages,
    rss: { swapents: row.swap_pages },
    pgtablesBytes: row.pgtables_pages * PAGE,
  };
  const score = oomScore(oomBadness(holds, row.oom_score_adj, total), total);
  const expected = told(row.oom_score, row.oom_adj);
  const got = told(score, oomAdj(row.oom_score_adj));
  if (expected === got) return null;
  const { oom_score: _score, oom_adj: _adj, ...holding } = row;
  return { place: `row ${i}`, op: JSON.stringify(holding), expected, got };
}

const told = (score: number, adj: number): string => `oom_score ${score} oom_adj ${adj}`;
