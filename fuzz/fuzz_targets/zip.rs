#![no_main]
crm_backup_fuzz::fuzz!("zip");
