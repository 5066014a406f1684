import { describe, expect, it } from 'vitest';
import { makeStepName } from '../../../services/builder/stages/step-name.ts';

describe('makeStepName', () => {
  it.each([
    ['exporting to image', 'Save the image'],
    ['FROM docker.io/slipway/base:3.13-abc', 'Start from slipway/base:3.13-abc'],
    ['FROM docker.io/library/debian:13@sha256:12', 'Start from debian:13@sha256:12'],
    ['COPY --chown=1000:0 content/ /home/jovyan/', 'Add the content of the commit'],
    ['COPY --chown=77:0 content/ /srv/repo/', 'Add the content of the commit'],
    ['RUN : slipway:user  && usermod --login me jovyan', 'Change the user of the image'],
    ['RUN  make\\\n install', 'RUN make\\ install'],
    [`RUN ${'x'.repeat(200)}`, `RUN ${'x'.repeat(116)} …`],
  ])('names %j %j', (instruction, name) => {
    expect(makeStepName(instruction)).toBe(name);
  });
});
