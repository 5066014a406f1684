import { repositoryFilesContract } from '../../conformance/repository-files.ts';
import { createMemoryRepositoryFiles } from '../../support/memory-repository-files.ts';

repositoryFilesContract({ create: createMemoryRepositoryFiles });
