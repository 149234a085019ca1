// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Denali.Engine;
using Denali.Images;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>The C program of the fixtures, compiled, run, and looked at by binutils: an oracle that shares no code with
/// ours. Tests that need it are skipped, with the reason, where there is no gcc.</summary>
public sealed class NativeFixture
{
    private const int ToolTimeoutMs = 30_000;
    private const int RegisterBytes = 18 * sizeof(ulong);

    private static readonly ConcurrentDictionary<string, Lazy<NativeFixture?>> s_built = new();

    private NativeFixture(string path, byte[] file, DenaliImage image)
    {
        Path = path;
        File = file;
        Image = image;
    }

    public string Path { get; }

    public byte[] File { get; }

    public DenaliImage Image { get; }

    /// <summary>Compiles with some options; skips the test where that is impossible.</summary>
    public static NativeFixture Get(string options)
    {
        NativeFixture? fixture = s_built.GetOrAdd(options, key => new Lazy<NativeFixture?>(() => Build(key))).Value;
        Assert.SkipWhen(fixture is null, "gcc and binutils are needed to compile the fixture, and are not here");
        return fixture!;
    }

    /// <summary>Runs the program and takes the snapshot that it writes.</summary>
    public FaultSnapshot Run()
    {
        byte[] output = RunTool(Path, [], "")!;
        GuestRegisters registers = MemoryMarshal.Read<GuestRegisters>(output);
        return new FaultSnapshot
        {
            Vector = 6,
            Registers = registers,
            StackAddress = registers.Rsp,
            Stack = output[RegisterBytes..Math.Min(output.Length, RegisterBytes + FaultSnapshot.StackMaxBytes)],
        };
    }

    /// <summary>What addr2line says, one "function", "file:line" pair per address.</summary>
    public IReadOnlyList<(string Function, string Place)> Lookup(IEnumerable<ulong> addresses)
    {
        string input = string.Join('\n', addresses.Select(a => a.ToString("x", CultureInfo.InvariantCulture))) + '\n';
        byte[] output = RunTool("addr2line", ["-f", "-e", Path], input)!;
        string[] lines = System.Text.Encoding.UTF8.GetString(output).TrimEnd('\n').Split('\n');
        return [.. lines.Chunk(2).Select(pair => (pair[0], pair[1].Split(" (")[0]))];
    }

    private static NativeFixture? Build(string options)
    {
        string folder = System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures");
        string name = "calls" + options.Replace(' ', '_');
        string[] arguments =
        [
            .. options.Split(' '), "-static", "-nostdlib", "-fno-pic", "-no-pie", "-fasynchronous-unwind-tables",
            "-fno-optimize-sibling-calls", "-fno-stack-protector", "-fcf-protection=none", "-Wl,--build-id=none",
            "-Wl,-Ttext-segment=0x20000", "-Wl,-z,max-page-size=4096,-z,separate-code,-z,noexecstack",
            "calls.c", "start.S", "-o", name,
        ];
        if (RunTool("gcc", ["--version"], "") is null || RunTool("addr2line", ["--version"], "") is null)
        {
            return null;
        }

        RunTool("gcc", arguments, "", folder);
        string path = System.IO.Path.Combine(folder, name);
        byte[] file = System.IO.File.ReadAllBytes(path);
        Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error), error.Message);
        return new NativeFixture(path, file, image);
    }

    private static byte[]? RunTool(string program, string[] arguments, string input, string folder = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        try
        {
            using Process process = Process.Start(start)!;
            var output = new MemoryStream();
            System.Threading.Tasks.Task copy = process.StandardOutput.BaseStream.CopyToAsync(output);
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (!copy.Wait(ToolTimeoutMs) || !process.WaitForExit(ToolTimeoutMs))
            {
                process.Kill();
                throw new TimeoutException($"{program} took longer than {ToolTimeoutMs} ms");
            }

            Assert.Equal(0, process.ExitCode);
            return output.ToArray();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
