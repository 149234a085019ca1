// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Denali.Control.Sites;
using Denali.Control.State;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>What is written into the catalogue is there again, and a damaged one is not touched.</summary>
public sealed class CatalogueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-catalogue-").FullName;

    private string Place => Path.Combine(_folder, "catalogue.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rows_AreThereAgain()
    {
        var one = new SiteDefinition("one", "/a b/\u00fc");
        var two = new SiteDefinition("two.example", "/disk.img", IsImage: true);
        var machine = new UInt128(ulong.MaxValue, 5);
        using (Catalogue catalogue = Catalogue.Open(Place))
        {
            Assert.Empty(catalogue.Read());
            catalogue.Set(one, isKept: true);
            catalogue.Set(two, isKept: false);
            catalogue.Set(new SiteDefinition("gone", "/"), isKept: true);
            catalogue.SetMachine("one", ulong.MaxValue - 7, machine);
            catalogue.SetMachine("nobody", 5, 5);
            catalogue.Remove("gone");
            catalogue.Remove("nobody");
        }

        using Catalogue again = Catalogue.Open(Place);
        Assert.Equal(
            [new CatalogueRow(one, true, ulong.MaxValue - 7, machine), new CatalogueRow(two, false, 0, 0)],
            again.Read());
    }

    [Fact]
    public void Set_OfASiteThatIsThere_KeepsWhatIsKnownOfIt()
    {
        using Catalogue catalogue = Catalogue.Open(Place);
        catalogue.Set(new SiteDefinition("one", "/a"), isKept: true);
        catalogue.SetMachine("one", 9, 8);

        catalogue.Set(new SiteDefinition("one", "/b"), isKept: false);

        Assert.Equal(
            [new CatalogueRow(new SiteDefinition("one", "/b"), true, 9, 8)], catalogue.Read());
    }

    [Fact]
    public void File_OfAProcessThatWasKilled_HasWhatWasWritten()
    {
        using Catalogue living = Catalogue.Open(Place);
        living.Set(new SiteDefinition("one", "/a"), isKept: true);

        // What a killed process leaves: its files as they are at a moment, with the log.
        string copy = Directory.CreateDirectory(Path.Combine(_folder, "copy")).FullName;
        foreach (string path in Directory.GetFiles(_folder, "catalogue.db*").Where(path => !path.EndsWith('m')))
        {
            File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
        }

        using Catalogue after = Catalogue.Open(Path.Combine(copy, "catalogue.db"));
        Assert.Equal("one", Assert.Single(after.Read()).Definition.Name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(4096)]
    public void File_ThatIsDamaged_IsRefusedAndLeftAsItIs(int at)
    {
        using (Catalogue catalogue = Catalogue.Open(Place))
        {
            for (int i = 0; i < 200; i++)
            {
                catalogue.Set(new SiteDefinition($"s{i}", "/" + new string('a', 100)), isKept: true);
            }
        }

        byte[] bytes = File.ReadAllBytes(Place);
        bytes.AsSpan(at, 600).Fill(0x5a);
        File.WriteAllBytes(Place, bytes);

        string message = Assert.Throws<ControlException>(() => Catalogue.Open(Place)).Message;

        Assert.Contains($"the catalogue '{Place}' is damaged", message, StringComparison.Ordinal);
        Assert.Contains("put a copy back", message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Place));
    }

    [Fact]
    public void File_OfTextOrEmpty_IsRefusedOrMade()
    {
        File.WriteAllText(Place, new string('x', 5000));
        Assert.Contains("is damaged", Assert.Throws<ControlException>(() => Catalogue.Open(Place)).Message,
            StringComparison.Ordinal);

        File.WriteAllText(Place, "");
        Catalogue.Open(Place).Dispose();
    }

    [Theory]
    [InlineData("PRAGMA user_version = 3")]
    [InlineData("PRAGMA application_id = 5")]
    [InlineData("PRAGMA user_version = 0")]
    public void File_OfAnotherVersion_IsRefused(string change)
    {
        Catalogue.Open(Place).Dispose();
        using (var connection = new SqliteConnection($"Data Source={Place};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = change;
            _ = command.ExecuteNonQuery();
        }

        string message = Assert.Throws<ControlException>(() => Catalogue.Open(Place)).Message;

        Assert.Contains("is not a catalogue of this version", message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_OfTheVersionBefore_KeepsItsSites()
    {
        using (Catalogue catalogue = Catalogue.Open(Place))
        {
            catalogue.Set(new SiteDefinition("one", "/a"), isKept: true);
        }

        using (var connection = new SqliteConnection($"Data Source={Place};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText =
                "DROP TABLE uniform; DROP TABLE uniform_machines; PRAGMA user_version = 1";
            _ = command.ExecuteNonQuery();
        }

        using Catalogue again = Catalogue.Open(Place);
        Assert.Equal("one", Assert.Single(again.Read()).Definition.Name);
        Assert.Null(again.ReadUniform());
        again.SetUniform(new UniformDefinition(1, null, 0), [7]);
        Assert.Equal([7UL], again.ReadUniformMachines(1));
    }

    [Theory]
    [InlineData("UPDATE uniform SET count = 0")]
    [InlineData("UPDATE uniform SET fingerprint = x'00'")]
    [InlineData("UPDATE uniform_machines SET machines = x'00'")]
    [InlineData("UPDATE uniform_machines SET first = 4096")]
    public void Uniform_ThatMakesNoSense_IsRefused(string change)
    {
        using Catalogue catalogue = Catalogue.Open(Place);
        catalogue.SetUniform(new UniformDefinition(2, "/a", 3), [5, 6]);
        using (var connection = new SqliteConnection($"Data Source={Place};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = change;
            _ = command.ExecuteNonQuery();
        }

        Assert.Contains(
            "is damaged", Assert.Throws<ControlException>(() => new UniformStore(catalogue)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatCannotBeMade_IsExplained() =>
        Assert.Contains(
            "cannot be used",
            Assert.Throws<ControlException>(() => Catalogue.Open(Path.Combine(_folder, "none", "c.db"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Folder_IsOneProcessAtATime()
    {
        string path = Path.Combine(_folder, "state");
        using (StateFolder.Take(path))
        {
            string message = Assert.Throws<ControlException>(() => StateFolder.Take(path)).Message;
            Assert.Contains("another kernel uses the state folder", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Store_StrikesOutWhatNobodyListsOrKeeps()
    {
        using Catalogue catalogue = Catalogue.Open(Place);
        foreach ((string name, bool isKept) in new[] { ("kept", true), ("listed", false), ("forgotten", false) })
        {
            catalogue.Set(new SiteDefinition(name, "/a"), isKept);
            catalogue.SetMachine(name, (ulong)name.Length, 1);
        }

        var store = new CatalogueStore(catalogue, ["listed", "new"]);
        Assert.Equal(3, catalogue.Read().Count);

        store.ForgetLost(_ => true);

        Assert.Equal(["kept", "listed"], catalogue.Read().Select(row => row.Definition.Name));
        Assert.Equal("kept", Assert.Single(store.Kept).Name);
        Assert.Equal([4UL, 6UL], store.Machines.Order());
        Assert.Equal((4UL, (UInt128)1), store.TakeMachine("kept"));
        Assert.Null(store.TakeMachine("kept"));
        Assert.Null(store.TakeMachine("forgotten"));
    }
}
