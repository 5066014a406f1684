import { cpus } from 'node:os';

/** What the processors of this machine do. */
export type ProcessorUse = {
  /** The part of their time since the last question that they had nothing to do, from 0 to 1. */
  idlePart(): number;
};

type Times = { readonly idle: number; readonly all: number };

const readTimes = (): Times => {
  const times = cpus().map((processor) => processor.times);
  const idle = times.reduce((sum, one) => sum + one.idle, 0);
  const all = times.reduce((sum, { user, nice, sys, irq, idle: rest }) => sum + user + nice + sys + irq + rest, 0);
  return { idle, all };
};

/** Counts from when it is made. */
export const createProcessorUse = (): ProcessorUse => {
  let last = readTimes();
  return {
    idlePart: () => {
      const now = readTimes();
      const passed = now.all - last.all;
      const part = passed > 0 ? (now.idle - last.idle) / passed : 0;
      last = now;
      return part;
    },
  };
};
