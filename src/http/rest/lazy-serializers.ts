import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';

type BuildSerializer = ReturnType<typeof SerializerSelector>;

/**
 * Compiles the serializer of an answer when it is sent for the first time. All of them together would be a sixth of each
 * start, and most are of errors that may never come.
 */
export function lazySerializers(): BuildSerializer {
  const build = SerializerSelector();
  return (sharedSchemas, options) => {
    const compile = build(sharedSchemas, options);
    return (route) => {
      let serialize: ReturnType<typeof compile> | undefined;
      return (answer) => {
        serialize ??= compile(route);
        return serialize(answer);
      };
    };
  };
}
