create type b;
create function b_in(cstring) returns b language internal strict immutable as 'int4in';
create function b_out(b) returns cstring language internal strict immutable as 'int4out';
create type b (input = b_in, output = b_out, like = int4);
create function b_eq(b, b) returns boolean language internal immutable as 'int4eq';
create operator = (leftarg = b, rightarg = b, function = b_eq, commutator = =);
create cast (b as int) without function;
create table t (x b, y b[]);
