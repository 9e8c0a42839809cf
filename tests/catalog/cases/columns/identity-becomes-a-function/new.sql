create table w (id uuid default gen_random_uuid() primary key);
