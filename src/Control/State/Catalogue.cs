// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Denali.Control.Sites;
using Microsoft.Data.Sqlite;

namespace Denali.Control.State;

/// <summary>
/// Which sites there are, and which VM is whose: a database in one file. What a call has written is there after the
/// process has been killed, whole or not at all.
/// </summary>
/// <remarks>Any thread.</remarks>
public sealed partial class Catalogue : IDisposable
{
    // "Dnli": tells this kind of file from other databases.
    private const int ApplicationId = 0x446e6c69;

    // What an older denali could not read, or not write rightly, gets another.
    private const int SchemaVersion = 2;

    // That which knew no sites that are alike.
    private const int SchemaVersionBefore = 1;

    // A fingerprint is a number of 128 bits.
    private const int FingerprintBytes = 16;

    // SQLITE_CORRUPT and SQLITE_NOTADB.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private const string Schema = """
        CREATE TABLE sites (
            name TEXT PRIMARY KEY NOT NULL,
            source TEXT NOT NULL,
            is_image INTEGER NOT NULL,
            is_kept INTEGER NOT NULL,
            machine INTEGER NOT NULL DEFAULT 0,
            fingerprint BLOB NOT NULL DEFAULT x'00000000000000000000000000000000'
        ) STRICT, WITHOUT ROWID;
        """;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    private Catalogue(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
    }

    /// <summary>Opens a catalogue, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The catalogue.</returns>
    /// <exception cref="ControlException">It cannot be read, or is damaged: nothing has been changed in it.</exception>
    public static Catalogue Open(string path)
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        var connection = new SqliteConnection(builder.ToString());
        var catalogue = new Catalogue(path, connection);
        try
        {
            connection.Open();
            catalogue.Check();
            catalogue.Prepare();
            return catalogue;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw catalogue.Explain(e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads all sites.</summary>
    /// <returns>The rows, in the order of their names.</returns>
    /// <exception cref="ControlException">It cannot be read.</exception>
    public IReadOnlyList<CatalogueRow> Read() => Do(() =>
    {
        using SqliteCommand command = Command(
            "SELECT name, source, is_image, is_kept, machine, fingerprint FROM sites ORDER BY name");
        using SqliteDataReader reader = command.ExecuteReader();
        List<CatalogueRow> rows = [];
        while (reader.Read())
        {
            string name = reader.GetString(0);
            byte[] fingerprint = reader.GetFieldValue<byte[]>(5);
            if (!SiteName.IsValid(name) || fingerprint.Length != FingerprintBytes)
            {
                throw Damaged($"the row '{name}'");
            }

            rows.Add(new CatalogueRow(
                new SiteDefinition(name, reader.GetString(1), reader.GetInt64(2) != 0),
                reader.GetInt64(3) != 0,
                unchecked((ulong)reader.GetInt64(4)),
                BinaryPrimitives.ReadUInt128LittleEndian(fingerprint)));
        }

        return rows;
    });

    /// <summary>Writes a site down. What is known of its VM stays.</summary>
    /// <param name="definition">The site.</param>
    /// <param name="isKept">Whether it is there until it is destroyed. One that is so stays so.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void Set(SiteDefinition definition, bool isKept)
    {
        ArgumentNullException.ThrowIfNull(definition);
        _ = Do(() => Execute(
            "INSERT INTO sites (name, source, is_image, is_kept) VALUES ($name, $source, $image, $kept) "
            + "ON CONFLICT (name) DO UPDATE SET source = $source, is_image = $image, "
            + "is_kept = max(is_kept, $kept)",
            ("$name", definition.Name),
            ("$source", definition.Source),
            ("$image", definition.IsImage),
            ("$kept", isKept)));
    }

    /// <summary>Writes down which VM a site has.</summary>
    /// <param name="name">The site; nothing happens if it is not there.</param>
    /// <param name="machine">The VM.</param>
    /// <param name="fingerprint">What is in its directory.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void SetMachine(string name, ulong machine, UInt128 fingerprint)
    {
        byte[] bytes = new byte[FingerprintBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, fingerprint);
        _ = Do(() => Execute(
            "UPDATE sites SET machine = $machine, fingerprint = $fingerprint WHERE name = $name",
            ("$name", name),
            ("$machine", unchecked((long)machine)),
            ("$fingerprint", bytes)));
    }

    /// <summary>Forgets which VMs some sites have: for all of them or, if it fails, for none.</summary>
    /// <param name="names">The sites.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void ClearMachines(IReadOnlyCollection<string> names) => _ = Do(() =>
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach (string name in names)
        {
            _ = Execute("UPDATE sites SET machine = 0 WHERE name = $name", ("$name", name));
        }

        transaction.Commit();
        return names.Count;
    });

    /// <summary>Strikes a site out.</summary>
    /// <param name="name">The site; nothing happens if it is not there.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void Remove(string name) =>
        _ = Do(() => Execute("DELETE FROM sites WHERE name = $name", ("$name", name)));

    /// <summary>Closes the file, and puts into it what is in its log.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
        }
    }

    private void Check()
    {
        using SqliteCommand command = Command("PRAGMA quick_check(1)");
        string result = command.ExecuteScalar() as string ?? "nothing can be read";
        if (result != "ok")
        {
            throw Damaged(result);
        }
    }

    private void Prepare()
    {
        _ = Execute("PRAGMA journal_mode = WAL");
        _ = Execute("PRAGMA synchronous = NORMAL");
        long version = Scalar("PRAGMA user_version");
        bool isOurs = Scalar("PRAGMA application_id") == ApplicationId;
        if (version == SchemaVersion && isOurs)
        {
            return;
        }

        bool isEarlier = version == SchemaVersionBefore && isOurs;
        if (!isEarlier && (version != 0 || Scalar("SELECT count(*) FROM sqlite_schema") != 0))
        {
            throw new ControlException(
                $"'{_path}' is not a catalogue of this version of denali ({version}, not {SchemaVersion}): use the "
                + "denali that made it, or name another folder with --state");
        }

        using SqliteTransaction transaction = _connection.BeginTransaction();
        _ = isEarlier ? 0 : Execute(Schema);
        _ = Execute(UniformSchema);
        _ = Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
        _ = Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaVersion}"));
        transaction.Commit();
    }

    private T Do<T>(Func<T> work)
    {
        lock (_gate)
        {
            try
            {
                return work();
            }
            catch (SqliteException e)
            {
                throw Explain(e);
            }
        }
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        foreach ((string name, object value) in parameters)
        {
            _ = command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private int Execute(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using SqliteCommand command = Command(text, parameters);
        return command.ExecuteNonQuery();
    }

    private long Scalar(string text)
    {
        using SqliteCommand command = Command(text);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private ControlException Damaged(string what) => new(
        $"the catalogue '{_path}' is damaged ({what}) and was left as it is: put a copy back, or move it away and "
        + "start without its sites");

    private ControlException Explain(SqliteException exception) =>
        exception.SqliteErrorCode is Corrupt or NotADatabase
            ? Damaged(exception.Message)
            : new ControlException(
                $"the catalogue '{_path}' cannot be used ({exception.Message}): see its permissions and whether the "
                + "disk has room",
                exception);
}
