create type r as range (subtype = int, multirange_type_name = mr);
create table t (a r, b mr);
