import { findBinderDirectory } from './binder-directory.ts';
import type { Detection } from './detection.ts';
import { detectBase, DETECTORS, type DetectContext } from './detectors.ts';
import { explainHidden, explainIgnored } from './evidence.ts';
import type { RepositoryFiles } from './repository-files.ts';

export type DetectOptions = {
  /** Offered Python versions, x.y or x.y.z. */
  readonly pythons: readonly string[];
  readonly defaultPython: string;
  /** The conda channels of the operator; conda-forge where nothing is said. */
  readonly condaChannels?: readonly string[];
  /** The operator's repository of R packages, where {date} stands for a day or `latest`; '' for none. */
  readonly rRepository?: string;
  /** What <nixpkgs> stands for in a Nix file: the address of an archive. */
  readonly nixpkgs?: string;
};

const firstAnswer = (context: DetectContext): Detection => {
  for (const detector of DETECTORS) {
    const detection = detector(context);
    if (detection !== undefined) return detection;
  }
  return detectBase(context);
};

/**
 * Finds out what a repository asks for, from its files alone, with evidence for each configuration file that it
 * has. Throws SlipwayError with a DETECT_ code that names file and line.
 */
export const detect = (files: RepositoryFiles, options: DetectOptions): Detection => {
  const binder = findBinderDirectory(files);
  const detection = firstAnswer({ files, directory: binder.directory, ...options });
  const explained = detection.evidence.map(({ file }) => file);
  const winner = detection.evidence[0]?.file ?? '';
  const because = winner === '' ? 'it names nothing that could be installed' : `${winner} is used instead`;
  const ignored = explainIgnored({ files, directory: binder.directory, explained, because });
  const hidden =
    binder.directory === ''
      ? []
      : explainHidden(files, binder.directory).filter(({ file }) => !explained.includes(file));
  return { ...detection, evidence: [...detection.evidence, ...ignored, ...binder.evidence, ...hidden] };
};
