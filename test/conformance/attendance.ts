import { describe, expect, it } from 'vitest';
import type { Attendance } from '../../services/launcher/attendance.ts';
import { skipTitle } from '../support/skip-title.ts';

type Fresh = {
  /** The attendance of two processes, or twice that of the one that there is. */
  readonly attendances: readonly [Attendance, Attendance];
  /** What either was told to be abandoned. */
  readonly abandoned: readonly string[];
  /** Lets the grace period pass, and what follows from it happen. */
  readonly pass: () => Promise<void>;
  /** Kills the process of the second one. */
  readonly kill?: () => void;
};
type Options = { readonly create: () => Fresh; readonly skip?: { readonly shared?: string } };

/** What every Attendance promises. */
export const attendanceContract = ({ create, skip = {} }: Options): void => {
  describe('as attendance', () => {
    it('abandons a launch that nobody ever follows, once, after the grace period', async () => {
      const { attendances, abandoned, pass } = create();
      attendances[0].expect('a');
      expect(abandoned).toEqual([]);
      await pass();
      await pass();
      expect(abandoned).toEqual(['a']);
    });

    it('keeps a launch while anybody follows it, and for who comes back in time', async () => {
      const { attendances, abandoned, pass } = create();
      const [one, other] = attendances;
      one.expect('a');
      const [first, second] = [one.attend('a'), other.attend('a')];
      first[Symbol.dispose]();
      await pass();
      expect(abandoned).toEqual([]);
      second[Symbol.dispose]();
      const back = one.attend('a');
      await pass();
      await pass();
      expect(abandoned).toEqual([]);
      back[Symbol.dispose]();
      await pass();
      expect(abandoned).toEqual(['a']);
    });

    it('leaves alone what is over, or was never expected', async () => {
      const { attendances, abandoned, pass } = create();
      const [one, other] = attendances;
      one.expect('a');
      const follower = other.attend('a');
      one.dismiss('a');
      follower[Symbol.dispose]();
      other.attend('b')[Symbol.dispose]();
      one.expect('c');
      one.dismiss('c');
      await pass();
      expect(abandoned).toEqual([]);
    });

    it.skipIf(skip.shared)(
      skipTitle('does not count those who followed at a process that was killed', skip.shared),
      async () => {
        const { attendances, abandoned, pass, kill } = create();
        const [one, other] = attendances;
        one.expect('a');
        other.expect('b');
        other.attend('a');
        await pass();
        expect(abandoned).toEqual(['b']);
        kill?.();
        await pass();
        expect(abandoned).toEqual(['b', 'a']);
      },
    );
  });
};
