import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentPlan, StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';

/** What the build of an environment with Nix reads from its context. */
export const makeNixFiles = ({ nix }: EnvironmentPlan): readonly StagedFile[] =>
  nix === undefined
    ? []
    : [
        {
          path: BUILD_CONTEXT.nixStart,
          text: readFileSync(join(import.meta.dirname, 'slipway-nix-start'), 'utf8'),
        },
      ];
