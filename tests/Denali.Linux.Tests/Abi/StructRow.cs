// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Denali.Linux.Tests.Abi;

/// <summary>A structure of ours and the C structure that it stands for.</summary>
/// <remarks>A field <c>SomeName</c> stands for the member <c>some_name</c>, unless a row says otherwise.</remarks>
internal sealed class StructRow
{
    private static readonly MethodInfo s_sizeOf = typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!;

    private readonly Dictionary<string, Member> _members = [];

    internal StructRow(Type type, string cName)
    {
        Type = type;
        CName = cName;
        CSize = $"sizeof({cName})";
    }

    internal Type Type { get; }

    internal string CName { get; }

    /// <summary>C expression of the size that ours must have.</summary>
    internal string CSize { get; private set; }

    /// <summary>Whether ours is only the beginning of the C structure.</summary>
    internal bool IsHead { get; private set; }

    internal StructRow Head()
    {
        IsHead = true;
        return this;
    }

    internal StructRow Size(string expression)
    {
        CSize = expression;
        return this;
    }

    /// <summary>Names the C member of a field.</summary>
    internal StructRow Field(string name, string member, string? inStruct = null)
    {
        _members.Add(name, new Member(inStruct ?? CName, member, HasSize: true));
        return this;
    }

    /// <summary>
    /// Names the C member of a field whose size C does not know: an array without a length, or a part.
    /// </summary>
    internal StructRow Start(string name, string member)
    {
        _members.Add(name, new Member(CName, member, HasSize: false));
        return this;
    }

    /// <summary>What ours says: name and value.</summary>
    internal IEnumerable<(string Name, ulong Value)> Ours()
    {
        yield return ($"{Type.Name}.SizeOf", SizeOf(Type));
        foreach (FieldInfo field in Fields())
        {
            yield return ($"{Type.Name}.{field.Name}.offset", OffsetOf(field));
            if (MemberOf(field).HasSize)
            {
                yield return ($"{Type.Name}.{field.Name}.size", SizeOf(field.FieldType));
            }
        }
    }

    /// <summary>What C says: name and expression, in the same order.</summary>
    internal IEnumerable<(string Name, string Expression)> Theirs()
    {
        yield return ($"{Type.Name}.SizeOf", CSize);
        foreach (FieldInfo field in Fields())
        {
            Member member = MemberOf(field);
            yield return ($"{Type.Name}.{field.Name}.offset", $"offsetof({member.Struct}, {member.Path})");
            if (member.HasSize)
            {
                yield return ($"{Type.Name}.{field.Name}.size", $"sizeof((({member.Struct} *)0)->{member.Path})");
            }
        }
    }

    private static ulong SizeOf(Type type) => (ulong)(int)s_sizeOf.MakeGenericMethod(type).Invoke(null, null)!;

    private static ulong OffsetOf(FieldInfo field) =>
        (ulong)field.GetCustomAttribute<FieldOffsetAttribute>()!.Value;

    private static string SnakeCase(string name)
    {
        var snake = new StringBuilder();
        foreach (char c in name)
        {
            snake.Append(char.IsUpper(c) && snake.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(c));
        }

        return snake.ToString();
    }

    // An inline array has one hidden field and no offsets: only its size can be wrong.
    private IEnumerable<FieldInfo> Fields() =>
        Type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(_ => Type.GetCustomAttribute<InlineArrayAttribute>() is null);

    private Member MemberOf(FieldInfo field) =>
        _members.TryGetValue(field.Name, out Member? member)
            ? member
            : new Member(CName, SnakeCase(field.Name), HasSize: true);

    private sealed record Member(string Struct, string Path, bool HasSize);
}
