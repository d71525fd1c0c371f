import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** A character may hold 40 bytes (`#` is a comment, and each is kept), a document some thousands however short it is. */
const MAX_KEPT_CHARS = 1_000_000;
const MAX_KEPT_DOCUMENTS = 1_000;

/** Valid documents, by the text or hash that asks for them. The one that was not asked for longest is forgotten first. */
export function keptDocuments(
  charsOf: (document: DocumentNode, key: string) => number,
): LRUCache<string, DocumentNode> {
  return new LRUCache({
    max: MAX_KEPT_DOCUMENTS,
    maxSize: MAX_KEPT_CHARS,
    sizeCalculation: (document, key) => Math.max(1, charsOf(document, key)),
  });
}

/**
 * For Apollo Server. Its own store counts what a document says, not what it holds: one with 60 KB of comments counts as
 * 200 bytes and holds two megabytes, so that 600 requests ended the process.
 */
export function createDocumentStore(): NonNullable<ApolloServerOptions<BaseContext>['documentStore']> {
  const kept = keptDocuments(({ loc }) => loc?.source.body.length ?? 0);
  return {
    get: async (hash) => kept.get(hash),
    set: async (hash, document) => void kept.set(hash, document),
    delete: async (hash) => kept.delete(hash),
  };
}
