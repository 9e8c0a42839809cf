insert into w values ('1', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{}', '2024-01-01', 'true', '1.5', '{a}', '1.1.1.1');
