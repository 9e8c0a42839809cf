begin;

alter text search dictionary public.d (accept = 'false');

alter text search configuration public.c alter mapping for asciihword with english_stem;

alter text search configuration public.c alter mapping for asciiword with public.d, english_stem;

alter text search configuration public.c alter mapping for hword with english_stem;

alter text search configuration public.c alter mapping for hword_asciipart with english_stem;

alter text search configuration public.c alter mapping for hword_part with english_stem;

alter text search configuration public.c alter mapping for word with english_stem;

commit;
