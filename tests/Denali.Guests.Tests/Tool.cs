// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>A network tool of the machine. It runs in the network of the thread that starts it.</summary>
internal static class Tool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(50);

    /// <summary>Skips a test where a tool is missing.</summary>
    /// <param name="name">The command.</param>
    /// <param name="package">The Debian package that has it.</param>
    internal static void Needs(string name, string package) =>
        Assert.SkipUnless(Find(name) is not null, $"there is no {name}: install the package {package}");

    /// <summary>Starts a tool that runs until it is killed, and writes nothing that matters.</summary>
    /// <param name="name">The command.</param>
    /// <param name="arguments">Its arguments, separated by spaces.</param>
    internal static Process Start(string name, string arguments) => Process.Start(Find(name)!, arguments);

    /// <summary>Runs a tool to its end.</summary>
    /// <param name="name">The command.</param>
    /// <param name="arguments">Its arguments, separated by spaces.</param>
    /// <param name="input">What it reads.</param>
    /// <returns>What it wrote. Anything but status 0 fails the test.</returns>
    internal static byte[] Run(string name, string arguments, byte[]? input = null)
    {
        using Process process = Process.Start(new ProcessStartInfo(Find(name)!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var output = new MemoryStream();
        Task reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task writing = WriteAsync(process.StandardInput.BaseStream, input ?? []);
        bool ended = process.WaitForExit(s_limit);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        Task.WaitAll([reading, errors, writing], s_limit);
        Assert.True(
            ended && process.ExitCode == 0,
            $"{name} {arguments} {(ended ? $"ended with {process.ExitCode}" : "did not end")}: {errors.Result}"
            + Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)Math.Min(output.Length, 2000)));
        return output.ToArray();
    }

    /// <summary>Runs a tool that writes text.</summary>
    internal static string Text(string name, string arguments, byte[]? input = null) =>
        Encoding.UTF8.GetString(Run(name, arguments, input));

    private static async Task WriteAsync(Stream stream, byte[] input)
    {
        try
        {
            await stream.WriteAsync(input);
            stream.Close();
        }
        catch (IOException)
        {
            // It has read enough.
        }
    }

    private static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
