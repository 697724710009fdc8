/** Who makes a system call. */
import type { MmStruct } from '../../mm/mm_struct.ts';
import type { Process } from '../process.ts';
import type { KernelRooms } from '../rooms.ts';

export interface Caller {
  readonly kernel: KernelRooms;
  readonly process: Process;
  readonly mm: MmStruct;
}
