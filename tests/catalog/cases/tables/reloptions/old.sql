create table t (a text) with (fillfactor = 50, autovacuum_enabled = false, toast.autovacuum_enabled = false);
