//! Where bytes come from. A source owns its threads, reads blobs and hands
//! them to workers; it knows neither rules nor reports.
