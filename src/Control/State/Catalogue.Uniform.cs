// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Control.Sites;
using Microsoft.Data.Sqlite;

namespace Denali.Control.State;

/// <summary>Sites that are alike: a row for all of them, and one for the VMs of some thousands.</summary>
public sealed partial class Catalogue
{
    private const string UniformSchema = """
        CREATE TABLE uniform (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            count INTEGER NOT NULL,
            directory TEXT,
            fingerprint BLOB NOT NULL
        ) STRICT;
        CREATE TABLE uniform_machines (
            first INTEGER PRIMARY KEY,
            machines BLOB NOT NULL
        ) STRICT;
        """;

    /// <summary>Reads what the sites that are alike are made of.</summary>
    /// <returns>It, or null if there are none.</returns>
    /// <exception cref="ControlException">It cannot be read.</exception>
    public UniformDefinition? ReadUniform() => Do(() =>
    {
        using SqliteCommand command = Command("SELECT count, directory, fingerprint FROM uniform");
        using SqliteDataReader reader = command.ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        long count = reader.GetInt64(0);
        byte[] fingerprint = reader.GetFieldValue<byte[]>(2);
        return count is >= 1 and <= UniformSites.CountMax && fingerprint.Length == FingerprintBytes
            ? new UniformDefinition(
                (int)count,
                reader.IsDBNull(1) ? null : reader.GetString(1),
                BinaryPrimitives.ReadUInt128LittleEndian(fingerprint))
            : throw Damaged("the row of the sites that are alike");
    });

    /// <summary>Reads which of them has which VM.</summary>
    /// <param name="count">How many there are.</param>
    /// <returns>A number for each, as <see cref="IUniformStore.TakeMachines"/> says.</returns>
    /// <exception cref="ControlException">It cannot be read.</exception>
    public ulong[] ReadUniformMachines(int count) => Do(() =>
    {
        ulong[] machines = new ulong[count];
        using SqliteCommand command = Command("SELECT first, machines FROM uniform_machines");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            long first = reader.GetInt64(0);
            byte[] bytes = reader.GetFieldValue<byte[]>(1);
            int some = bytes.Length / sizeof(ulong);
            if (first < 0 || first > count - some || bytes.Length % sizeof(ulong) != 0)
            {
                throw Damaged($"the row of the VMs from site {first}");
            }

            for (int i = 0; i < some; i++)
            {
                machines[first + i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)));
            }
        }

        return machines;
    });

    /// <summary>Writes down all that is known of them, in place of what was written before: whole or not at
    /// all.</summary>
    /// <param name="definition">What they are made of; null if there are none.</param>
    /// <param name="machines">A number for each.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void SetUniform(UniformDefinition? definition, ReadOnlySpan<ulong> machines)
    {
        // Where nothing is known there is no row.
        var rows = new List<(int First, byte[] Machines)>();
        for (int first = 0; first < machines.Length; first += UniformSites.TurnMax)
        {
            ReadOnlySpan<ulong> some = machines[first..Math.Min(first + UniformSites.TurnMax, machines.Length)];
            if (some.ContainsAnyExcept(0UL))
            {
                rows.Add((first, Encode(some)));
            }
        }

        _ = Do(() =>
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _ = Execute("DELETE FROM uniform");
            _ = Execute("DELETE FROM uniform_machines");
            if (definition is not null)
            {
                byte[] fingerprint = new byte[FingerprintBytes];
                BinaryPrimitives.WriteUInt128LittleEndian(fingerprint, definition.Fingerprint);
                _ = Execute(
                    "INSERT INTO uniform (id, count, directory, fingerprint) VALUES (1, $count, $directory, $print)",
                    ("$count", definition.Count),
                    ("$directory", (object?)definition.Directory ?? DBNull.Value),
                    ("$print", fingerprint));
            }

            rows.ForEach(row => SetUniformRow(row.First, row.Machines));
            transaction.Commit();
            return rows.Count;
        });
    }

    /// <summary>Writes down which VMs some of them have.</summary>
    /// <param name="first">The index of the first, a multiple of <see cref="UniformSites.TurnMax"/>.</param>
    /// <param name="machines">A number for each.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    public void SetUniformMachines(int first, ReadOnlySpan<ulong> machines)
    {
        byte[] bytes = Encode(machines);
        _ = Do(() => SetUniformRow(first, bytes));
    }

    private static byte[] Encode(ReadOnlySpan<ulong> machines)
    {
        byte[] bytes = new byte[machines.Length * sizeof(ulong)];
        for (int i = 0; i < machines.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), machines[i]);
        }

        return bytes;
    }

    private int SetUniformRow(int first, byte[] machines) => Execute(
        "INSERT INTO uniform_machines (first, machines) VALUES ($first, $machines) "
        + "ON CONFLICT (first) DO UPDATE SET machines = $machines",
        ("$first", first),
        ("$machines", machines));
}
