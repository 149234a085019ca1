// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Kernel.Templates;

/// <summary>Writes a template into a file, which is there whole or not at all.</summary>
internal sealed class TemplateWriter : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private TemplateWriter(string path)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
    }

    /// <summary>Writes a file.</summary>
    /// <param name="template">The template; not disposed.</param>
    /// <param name="processorLevel">The level of the processor that it was made on.</param>
    /// <param name="path">The file. One that is there is replaced when the new one is on the disk.</param>
    /// <exception cref="KernelException">It cannot be written; then nothing is left of it.</exception>
    internal static void Write(LoadedImage template, uint processorLevel, string path)
    {
        // Of this process and thread alone, so that any number of them can write the same file.
        string temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.new";
        try
        {
            using (var writer = new TemplateWriter(temporary))
            {
                writer.Write(template, processorLevel);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw new KernelException(
                $"the template '{path}' cannot be written ({e.Message}): check the path and its permissions", e);
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
    }

    private void Write(LoadedImage template, uint processorLevel)
    {
        IMemoryBase state = template.Base;
        TemplateFacts facts = template.Template!;
        byte[] arguments = Encoding.UTF8.GetBytes(string.Concat(facts.Arguments.Select(argument => argument + '\0')));
        IReadOnlyList<ulong> disks = facts.DiskSectors ?? [];
        List<uint> chunks = FindChunks(state.Commits);
        List<uint> pages = FindPages(state);
        var header = new TemplateHeader
        {
            Format = TemplateHeader.CurrentFormat,
            Architecture = RegisterPage.CurrentVersion,
            ProcessorLevel = processorLevel,
            Flags = (facts.HasNetwork ? TemplateFlags.Network : 0)
                | (facts.HasDisks ? TemplateFlags.Disks : 0)
                | (facts.DiskSectors is not null ? TemplateFlags.DisksUsed : 0),
            MemoryBytes = template.Layout.MemoryBytes,
            ChargedBytes = state.ChargedBytes,
            CapturedNs = facts.CapturedNs,
            ArgumentBytes = (uint)arguments.Length,
            DiskCount = (uint)disks.Count,
            ChunkCount = (uint)chunks.Count,
            PageCount = (uint)pages.Count,
        };
        Span<byte> bytes = stackalloc byte[TemplateHeader.SizeBytes];
        header.Write(bytes, template.Image.Identity);
        Append(bytes);
        Append(arguments);
        foreach (ulong sectors in disks)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, sectors);
            Append(bytes[..sizeof(ulong)]);
        }

        foreach (uint number in chunks.Concat(pages))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
            Append(bytes[..sizeof(uint)]);
        }

        foreach (uint page in pages)
        {
            _ = state.TryGetPage(page, out ReadOnlySpan<byte> contents);
            Append(contents);
        }

        Finish();
    }

    private static List<uint> FindChunks(ChunkMap commits)
    {
        var chunks = new List<uint>();
        for (int chunk = commits.Next(0); chunk >= 0; chunk = commits.Next(chunk + 1))
        {
            chunks.Add((uint)chunk);
        }

        return chunks;
    }

    private static List<uint> FindPages(IMemoryBase state)
    {
        var pages = new List<uint>();
        for (uint page = 0; state.TryGetNextPage(ref page, out _); page++)
        {
            pages.Add(page);
        }

        return pages;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _file.Write(bytes);
    }

    private void Finish()
    {
        _file.Write(_hash.GetHashAndReset());
        _file.Flush(flushToDisk: true);
    }
}
