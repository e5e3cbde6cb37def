-- What each process may do, enforced by PostgreSQL itself (docs/decisions.md 24).
-- Everything else is refused. `python -m config.database_roles` runs this after every migration, in one transaction,
-- as the owner of the tables; it does not limit the owner. It may be run again at any time.
-- tests/config/test_database_roles*.py check what each process does and must not do.

-- --- First no rights at all ------------------------------------------------------------------------------

revoke all on all tables in schema public from public, baken_public, baken_staff, baken_worker, baken_mail;
revoke all on all sequences in schema public from public, baken_public, baken_staff, baken_worker, baken_mail;
revoke all on all routines in schema public from public, baken_public, baken_staff, baken_worker, baken_mail;
revoke all on schema public from public, baken_public, baken_staff, baken_worker, baken_mail;
grant usage on schema public to baken_public, baken_staff, baken_worker, baken_mail;
do $$
declare each record;
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to baken_public, baken_staff, baken_worker, baken_mail',
                   current_database());
    for each in select policyname, tablename from pg_policies where schemaname = 'public' loop
        execute format('drop policy %I on %I', each.policyname, each.tablename);
    end loop;
end $$;

-- --- The public site: inserts, and reads only what is the reporter's own -------------------------------
-- Nothing of officers, sessions, slots, grants, work, figures or the audit chain. No update anywhere.

grant insert on reports_report, reports_item, reports_wrap, reports_mailbox to baken_public;
grant select (id, status) on reports_report to baken_public;
grant select (lookup, report_id, kid) on reports_mailbox to baken_public;
grant select on reports_item, reports_wrap to baken_public;  -- rows: see below
grant select (kid, role, epoch, public, signer_id, signature, created, retired) on reports_key to baken_public;
grant delete on reports_wrap to baken_public;  -- rows: see below

-- --- The triage worker: opens new items, wraps them to queues, deletes what is past its time -----------
-- Nothing of officers, sessions, slots and grants. It adds to the audit chain and reads its head.

grant select, delete, update (status, danger_ticked, delete_after) on reports_report to baken_worker;
grant select, insert, delete, update (body, attempts, next_try) on reports_item to baken_worker;
grant select, insert, delete on reports_wrap, reports_selector to baken_worker;
grant select, delete, update (kid, public) on reports_mailbox to baken_worker;
grant select, insert, update (retired) on reports_key to baken_worker;
grant insert, select (seq, hash) on reports_audit to baken_worker;
grant select, insert, delete, update (state, urgency, due, needs_person) on triage_workitem to baken_worker;
grant select, insert, update (count) on triage_tally to baken_worker;
grant insert on triage_sealedcount to baken_worker;
grant select on triage_subscription to baken_worker;
grant select, insert, delete on triage_delivery to baken_worker;

-- --- The staff site: what officers do ------------------------------------------------------------------
-- It files no report, changes no sealed body, and only adds to the audit chain.

grant select, update (status, danger_ticked, delete_after) on reports_report to baken_staff;
grant select, insert, delete on reports_item, reports_wrap to baken_staff;
grant select, update (kid, public) on reports_mailbox to baken_staff;
grant select, delete on reports_selector to baken_staff;
grant select, insert, update (retired) on reports_key to baken_staff;
grant select, insert, delete on reports_slot, reports_grant to baken_staff;
grant select, insert on reports_audit to baken_staff;
grant select, insert, update (state, urgency, due, needs_person, assignee_id) on triage_workitem to baken_staff;
grant insert on triage_sealedcount to baken_staff;
grant select on triage_weeksums, triage_tally to baken_staff;
grant select, insert, update, delete on triage_subscription to baken_staff;
grant select, insert, delete on triage_delivery to baken_staff;
grant select, insert, update, delete on triage_invitation, triage_lockout to baken_staff;
grant select, insert, update on auth_user to baken_staff;
grant select on auth_group, auth_group_permissions, auth_user_groups to baken_staff;  -- nobody uses groups
grant select on auth_user_user_permissions, auth_permission, django_content_type to baken_staff;
grant select on django_admin_log to baken_staff;  -- always empty (docs/decisions.md 25)
grant select, insert, update, delete on django_session to baken_staff;
grant select, insert, update, delete on otp_totp_totpdevice, otp_static_staticdevice, otp_static_statictoken
    to baken_staff;

-- --- The mail worker: counts, addresses of desks, its outbox; never a report ---------------------------

grant select (state, due) on triage_workitem to baken_mail;  -- how many are open or overdue
grant select, insert on triage_tally, triage_weeksums to baken_mail;
grant select, insert, delete, update (kind) on triage_sealedcount to baken_mail;  -- update: to lock the rows it sums
grant select on triage_subscription to baken_mail;
grant select, insert, update (claimed, sent, tries) on triage_delivery to baken_mail;
grant select (kid, role, epoch, public, signer_id, signature, created, retired) on reports_key to baken_mail;
grant insert, select (seq, hash) on reports_audit to baken_mail;

-- Nobody but the owner: django_migrations.

-- --- Which rows ----------------------------------------------------------------------------------------

alter table reports_item enable row level security;
create policy public_files on reports_item for insert to baken_public
    with check (kind in ('report', 'contact', 'addition', 'file', 'withdrawal'));
create policy public_reads_replies on reports_item for select to baken_public using (kind = 'reply');
create policy worker_sees on reports_item for select to baken_worker using (true);
create policy worker_changes on reports_item for update to baken_worker using (true);
create policy worker_shreds on reports_item for delete to baken_worker using (true);
create policy worker_makes on reports_item for insert to baken_worker
    with check (kind in ('assessment', 'reply', 'file_clean'));
create policy staff_sees on reports_item for select to baken_staff using (true);
create policy staff_shreds on reports_item for delete to baken_staff using (true);
create policy staff_writes on reports_item for insert to baken_staff
    with check (kind in ('decision', 'reply', 'note'));

-- "exists" with the unique index on kid: with "in" every mailbox was scanned, 32 ms at 100,000.
alter table reports_wrap enable row level security;
create policy public_hands_in on reports_wrap for insert to baken_public
    with check (
        exists (select 1 from reports_key k where k.kid = reports_wrap."to" and k.role = 'intake')
        or exists (select 1 from reports_mailbox m where m.kid = reports_wrap."to")
    );
create policy public_reads_reporters on reports_wrap for select to baken_public
    using (exists (select 1 from reports_mailbox m where m.kid = reports_wrap."to"));
create policy public_drops_reporters on reports_wrap for delete to baken_public
    using (exists (select 1 from reports_mailbox m where m.kid = reports_wrap."to"));
create policy inside on reports_wrap for all to baken_worker, baken_staff using (true) with check (true);

-- Only the staff site changes who holds which key; the worker makes successors of its own key only.
alter table reports_key enable row level security;
create policy public_reads_intake on reports_key for select to baken_public using (role = 'intake');
create policy machines_read_public_halves on reports_key for select to baken_worker, baken_mail
    using (role <> 'member');
create policy worker_adds_intake on reports_key for insert to baken_worker with check (role = 'intake');
create policy worker_retires_intake on reports_key for update to baken_worker using (role = 'intake');
create policy staff_reads_keys on reports_key for select to baken_staff using (true);
create policy staff_adds_keys on reports_key for insert to baken_staff
    with check (role in ('member', 'police_referral', 'obi_approach', 'follow_up'));
create policy staff_retires_keys on reports_key for update to baken_staff
    using (role in ('member', 'police_referral', 'obi_approach', 'follow_up'));

-- A machine writes entries in its own name only, and no officer's entry can be written by a machine.
alter table reports_audit enable row level security;
create policy everybody_reads on reports_audit for select to baken_worker, baken_staff, baken_mail using (true);
create policy worker_signs on reports_audit for insert to baken_worker
    with check (entry::json ->> 'actor' = 'process:worker');
create policy mail_signs on reports_audit for insert to baken_mail
    with check (entry::json ->> 'actor' = 'process:mail');
create policy staff_signs on reports_audit for insert to baken_staff
    with check (entry::json ->> 'actor' not like 'process:%');
