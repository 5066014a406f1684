import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addPageHeaders } from './headers.ts';

export type SendPage = (reply: FastifyReply, status: number) => Promise<FastifyReply>;

/** Makes the answer that is a page: one file for all addresses, whose script shows what the address asks for. */
export const createPage =
  (webDist: string): SendPage =>
  async (reply, status) => {
    const page = await readFile(join(webDist, 'index.html'));
    return addPageHeaders(reply).code(status).send(page);
  };
