import type { IncomingMessage, Server } from 'node:http';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import { makeErrorAnswer } from '../proxy/ended-answer.ts';
import { refuseSocket } from '../proxy/own-answer.ts';

/** Node answers a request without a host itself, in words that no page may read; so it is told to leave that to us. */
export const LEAVE_HOST_TO_US = { requireHostHeader: false };

const HOST = /^(?:[\w.~-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** Whether a request names one host, as HTTP/1.1 demands: of two, this server and the session might each believe another. */
export const namesOneHost = ({ rawHeaders, httpVersion }: IncomingMessage): boolean => {
  let [hosts, isValid] = [0, true];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== 'host') continue;
    hosts += 1;
    isValid &&= HOST.test(rawHeaders[index + 1] ?? '');
  }
  return isValid && (hosts === 1 || (hosts === 0 && httpVersion === '1.0'));
};

/** Answers what never becomes a request (bytes that are not HTTP, CONNECT, an unknown expectation) with `code`, for every origin. */
export const refuseMalformed = (server: Server, code: ErrorCode): void => {
  const answer = makeErrorAnswer(new SlipwayError(code));
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    refuseSocket(socket, answer);
  });
  server.on('checkExpectation', ({ socket }) => refuseSocket(socket, answer));
  server.on('clientError', (_error, socket) => refuseSocket(socket, answer));
};
