create type span as range (subtype = int, multirange_type_name = span_set);
create table t (a span, b span_set);
