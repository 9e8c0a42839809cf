create text search dictionary d (template = simple);
create text search configuration c (parser = default);
alter text search configuration c add mapping for word, asciiword with simple, d;
create text search configuration c2 (copy = english);
comment on text search configuration c2 is 'x';
