import * as v from 'valibot';

const formats: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
  uri: /^https?:\/\/\S+$/,
  email: /^\S+@\S+$/,
};

interface AnySchema extends v.GenericSchema {
  entries?: Record<string, AnySchema>;
  wrapped?: AnySchema;
  item?: AnySchema;
  pipe?: readonly { type: string; metadata?: { format?: string; known?: readonly string[] } }[];
}

/** The same schema without tolerance: no further keys, only known values, formats as documented. */
function strict(schema: v.GenericSchema): v.GenericSchema {
  const { type, entries, wrapped, item, pipe } = schema as AnySchema;
  const noted = pipe?.find((each) => each.metadata)?.metadata;
  if (noted?.known) return v.picklist(noted.known);
  if (noted?.format) return v.pipe(v.string(), v.regex(formats[noted.format] ?? /^$/));
  if (type === 'nullable' && wrapped) return v.nullable(strict(wrapped));
  if (type === 'array' && item) return v.array(strict(item));
  if (type === 'loose_object' && entries) {
    return v.strictObject(Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, strict(entry)])));
  }
  return schema;
}

/** @returns what is wrong with the value, or an empty list. */
export function problemsOf(schema: v.GenericSchema, value: unknown): string[] {
  return (
    v.safeParse(strict(schema), value).issues?.map((issue) => `${v.getDotPath(issue) ?? 'root'}: ${issue.message}`) ??
    []
  );
}
